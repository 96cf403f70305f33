# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_authctl_global_optspecs
    string join \n p/profile= config= store= json q/quiet v/verbose color= no-input timeout= cacert= cert= cert-key= h/help V/version
end

function __fish_authctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_authctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_authctl_using_subcommand
    set -l cmd (__fish_authctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c authctl -n "__fish_authctl_needs_command" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_needs_command" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_needs_command" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_needs_command" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_needs_command" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_needs_command" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_needs_command" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_needs_command" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_needs_command" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_needs_command" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_needs_command" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_needs_command" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_needs_command" -s V -l version -d 'Print version'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "login" -d 'Sign in as a person and keep the session'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "logout" -d 'Revoke a session\'s tokens (RFC 7009) and forget them'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "status" -d 'Show every session: whose, until when, in which store'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "whoami" -d 'Show who is signed in: UserInfo, or the ID Token\'s claims'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "token" -d 'Print a valid access token: the session\'s, or the client\'s own'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "refresh" -d 'Renew a session\'s tokens now'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "introspect" -d 'Ask the server about a token (RFC 7662): a given one, or the session\'s'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "revoke" -d 'Revoke a token at the server (RFC 7009): a given one, or the session\'s'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "discover" -d 'Show a server\'s metadata and what it supports'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "decode" -d 'Show the header and claims of a JWT, without verification'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "verify" -d 'Verify the signature and claims of a JWT'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "keygen" -d 'Generate a signing key pair, or a secret'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "serve" -d 'Run the embedded authorization server, for development and tests'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "demo" -d 'Take a tour: every main job against an embedded server'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "profile" -d 'List, show and change profiles'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "completions" -d 'Print a completion script'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "man" -d 'Print a manual page, or write all of them'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "help" -d 'Show the help of a command, or of a topic'
complete -c authctl -n "__fish_authctl_using_subcommand login" -l flow -d 'How to sign in; auto is `password` when a username is given or the server offers it' -r -f -a "auto\t'Choose by what is given and what the server offers'
password\t'Username and password (RFC 6749 section 4.3)'"
complete -c authctl -n "__fish_authctl_using_subcommand login" -l username -d 'User name, for the password grant [env: AUTHCTL_USERNAME]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l password -d 'Reference to the password: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_PASSWORD holds the password itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand login" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l auth-method -d 'How the client authenticates: none, client_secret_basic or client_secret_post; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l scope -d 'Scope values to ask for; repeat it, or separate them by space or comma [env: AUTHCTL_SCOPE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l audience -d 'Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l resource -d 'Resource indicator to ask for (RFC 8707); may be repeated [env: AUTHCTL_RESOURCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l param -d 'Further parameter of the token request; may be repeated [env: AUTHCTL_PARAM]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l token-endpoint -d 'Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l revocation-endpoint -d 'Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l introspection-endpoint -d 'Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l userinfo-endpoint -d 'UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l end-session-endpoint -d 'End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand login" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand login" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand login" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand login" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand login" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l auth-method -d 'How the client authenticates: none, client_secret_basic or client_secret_post; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l scope -d 'Scope values to ask for; repeat it, or separate them by space or comma [env: AUTHCTL_SCOPE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l audience -d 'Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l resource -d 'Resource indicator to ask for (RFC 8707); may be repeated [env: AUTHCTL_RESOURCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l param -d 'Further parameter of the token request; may be repeated [env: AUTHCTL_PARAM]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l token-endpoint -d 'Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l revocation-endpoint -d 'Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l introspection-endpoint -d 'Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l userinfo-endpoint -d 'UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l end-session-endpoint -d 'End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l all -d 'End the sessions of all profiles'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l end-session -d 'Also end the session that the server keeps of the person'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand status" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand status" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand status" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand status" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand status" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand status" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand status" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l auth-method -d 'How the client authenticates: none, client_secret_basic or client_secret_post; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l scope -d 'Scope values to ask for; repeat it, or separate them by space or comma [env: AUTHCTL_SCOPE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l audience -d 'Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l resource -d 'Resource indicator to ask for (RFC 8707); may be repeated [env: AUTHCTL_RESOURCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l param -d 'Further parameter of the token request; may be repeated [env: AUTHCTL_PARAM]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l token-endpoint -d 'Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l revocation-endpoint -d 'Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l introspection-endpoint -d 'Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l userinfo-endpoint -d 'UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l end-session-endpoint -d 'End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l min-ttl -d 'A cached token must live at least this long' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -s o -l output -d 'Shape of the answer' -r -f -a "token\t'The bare token'
json\t'An object with expiry, scope and source'
header\t'An HTTP Authorization header field'
env\t'A line that sets AUTHCTL_ACCESS_TOKEN, for eval'
exec-credential\t'A Kubernetes ExecCredential'"
complete -c authctl -n "__fish_authctl_using_subcommand token" -l shell -d 'Shell that -o env quotes for' -r -f -a "sh\t'sh, bash, zsh and their kin'
fish\t'fish'
powershell\t'PowerShell'"
complete -c authctl -n "__fish_authctl_using_subcommand token" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l auth-method -d 'How the client authenticates: none, client_secret_basic or client_secret_post; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l scope -d 'Scope values to ask for; repeat it, or separate them by space or comma [env: AUTHCTL_SCOPE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l audience -d 'Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l resource -d 'Resource indicator to ask for (RFC 8707); may be repeated [env: AUTHCTL_RESOURCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l param -d 'Further parameter of the token request; may be repeated [env: AUTHCTL_PARAM]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l token-endpoint -d 'Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l revocation-endpoint -d 'Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l introspection-endpoint -d 'Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l userinfo-endpoint -d 'UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l end-session-endpoint -d 'End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand token" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand token" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l client -d 'Get a token of the client\'s own (client credentials)'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l force-refresh -d 'Renew the token even when the cached one is good'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l no-cache -d 'Neither use nor keep a cached token; a session\'s token is renewed'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand token" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand token" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l auth-method -d 'How the client authenticates: none, client_secret_basic or client_secret_post; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l scope -d 'Scope values to ask for; repeat it, or separate them by space or comma [env: AUTHCTL_SCOPE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l audience -d 'Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l resource -d 'Resource indicator to ask for (RFC 8707); may be repeated [env: AUTHCTL_RESOURCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l param -d 'Further parameter of the token request; may be repeated [env: AUTHCTL_PARAM]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l token-endpoint -d 'Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l revocation-endpoint -d 'Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l introspection-endpoint -d 'Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l userinfo-endpoint -d 'UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l end-session-endpoint -d 'End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l all -d 'Renew the sessions of all profiles'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l token-type-hint -d 'Kind of the token: access_token or refresh_token' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l auth-method -d 'How the client authenticates: none, client_secret_basic or client_secret_post; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l scope -d 'Scope values to ask for; repeat it, or separate them by space or comma [env: AUTHCTL_SCOPE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l audience -d 'Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l resource -d 'Resource indicator to ask for (RFC 8707); may be repeated [env: AUTHCTL_RESOURCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l param -d 'Further parameter of the token request; may be repeated [env: AUTHCTL_PARAM]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l token-endpoint -d 'Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l revocation-endpoint -d 'Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l introspection-endpoint -d 'Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l userinfo-endpoint -d 'UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l end-session-endpoint -d 'End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l token-type-hint -d 'Kind of the token: access_token or refresh_token' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l auth-method -d 'How the client authenticates: none, client_secret_basic or client_secret_post; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l scope -d 'Scope values to ask for; repeat it, or separate them by space or comma [env: AUTHCTL_SCOPE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l audience -d 'Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l resource -d 'Resource indicator to ask for (RFC 8707); may be repeated [env: AUTHCTL_RESOURCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l param -d 'Further parameter of the token request; may be repeated [env: AUTHCTL_PARAM]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l token-endpoint -d 'Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l revocation-endpoint -d 'Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l introspection-endpoint -d 'Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l userinfo-endpoint -d 'UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l end-session-endpoint -d 'End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l issuer -d 'Issuer identifier, as everywhere else [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'Header, claims with their times, warnings'
json\t'An object with header, claims and warnings'
claims\t'The claims alone, as JSON'"
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l jwks -d 'JWK Set: a file, or an https URL' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l key -d 'Key, whatever the token\'s kid: PEM, DER, certificate or JWK' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l secret -d 'Secret, for HS256 and its kin: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l passphrase -d 'Passphrase of an encrypted --key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l issuer -d 'Require this `iss`; its server\'s keys are used unless others are named' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l audience -d 'Require this audience in `aud`; if repeated, one of them' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l alg -d 'Allow these algorithms only' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l typ -d 'Require this `typ` in the header, such as at+jwt' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l scope -d 'Require these scope values; repeat it, or separate them by space or comma' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l claim -d 'Require a claim with this value, as text or as JSON; in an array one of the items. May be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l require -d 'Require a claim with any value; may be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l leeway -d 'Let clocks differ by this much' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l max-age -d 'Require that the token was issued (`iat`) at most this long ago' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l now -d 'Judge as of this instant: Unix seconds or RFC 3339' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l detached -d 'The payload, where it came apart from the JWS (RFC 7515 appendix F)' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'The key that verified, then the claims'
json\t'An object with header, claims, key and warnings'
claims\t'The claims alone, as JSON'"
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l allow-missing-exp -d 'Accept a token without `exp`'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l jws -d 'Verify the signature only and print the payload as it is; nothing is known of the payload but who signed it'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l allow-unencoded -d 'Accept an unencoded payload (RFC 7797)'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l alg -d 'Algorithm that the key signs by' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l bits -d 'Size of an RSA key (2048, 3072 or 4096; 2048 by default) or of a secret' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l out -d 'What the names of the files begin with; by default the algorithm and the first characters of the kid. After a / the default is added; - prints the private key and writes no file' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l kid -d 'Key identifier; by default the thumbprint of the key (RFC 7638)' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l passphrase -d 'Encrypt the private key under a passphrase: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s o -l output -d 'Shape of the answer; by default the names of the files and the kid or, with --out -, PEM (of a secret, JWK)' -r -f -a "pem\t'The public key as PEM; with --out - the private one'
jwk\t'The public key as JWK; with --out - the private one'
json\t'An object with kid, algorithm, files and keys'"
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l force -d 'Replace files that are there'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l listen -d 'Address to listen on; port 0 takes a free one' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l alg -d 'Algorithm that tokens are signed with: RS256 by default, or ES256, EdDSA, PS256 …' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l ready-file -d 'Write {"issuer", "pid"} into this file once the server listens' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l tls-cert -d 'Speak https with this certificate chain (PEM)' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l tls-key -d 'The key of that certificate (PEM)' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand demo" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand demo" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand demo" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -f -a "list" -d 'List the profiles'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -f -a "show" -d 'Show the settings in force, each with where it comes from'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -f -a "set" -d 'Set or unset one setting of a profile'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -f -a "use" -d 'Use a profile when none is named'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove" -f -a "remove" -d 'Remove a profile\'s settings'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand completions" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand completions" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand completions" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand man" -l out -d 'Write the pages of all commands into this folder' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand man" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand man" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand man" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand man" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand man" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand man" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand help" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand help" -l store -d 'Keep tokens here: auto, keychain, file or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand help" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand help" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand help" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand help" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
