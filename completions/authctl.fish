# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_authctl_global_optspecs
    string join \n p/profile= config= store= store-key= store-passphrase= json q/quiet v/verbose color= no-input timeout= cacert= cert= cert-key= h/help V/version
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
complete -c authctl -n "__fish_authctl_needs_command" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_needs_command" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_needs_command" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
complete -c authctl -n "__fish_authctl_needs_command" -f -a "sign" -d 'Make a JWT, or a JWS over any octets'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "encrypt" -d 'Encrypt a payload to a recipient (JWE)'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "decrypt" -d 'Decrypt a token (JWE), and verify the JWT in it'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "keygen" -d 'Generate a key pair, or a secret, to sign or to encrypt'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "key" -d 'Show, convert and name one key'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "jwks" -d 'List, change, rotate and fetch a JWK Set'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "serve" -d 'Run the embedded authorization server, for development and tests'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "demo" -d 'Take a tour: every main job against an embedded server'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "profile" -d 'List, show and change profiles, and move their sessions'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "doctor" -d 'Check configuration, store, network and server, with one fix each'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "completions" -d 'Print a completion script'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "man" -d 'Print a manual page, or write all of them'
complete -c authctl -n "__fish_authctl_needs_command" -f -a "help" -d 'Show the help of a command, or of a topic'
complete -c authctl -n "__fish_authctl_using_subcommand login" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand login" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand login" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l flow -d 'How to sign in; auto is `password` when a username is given or the server offers it' -r -f -a "auto\t'Choose by what is given and what the server offers'
password\t'Username and password (RFC 6749 section 4.3)'"
complete -c authctl -n "__fish_authctl_using_subcommand login" -l username -d 'User name, for the password grant [env: AUTHCTL_USERNAME]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l password -d 'Reference to the password: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_PASSWORD holds the password itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand login" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand login" -l auth-method -d 'How the client authenticates; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r -f -a "client_secret_basic\t''
client_secret_post\t''
none\t''"
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
complete -c authctl -n "__fish_authctl_using_subcommand login" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand login" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand login" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand login" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l auth-method -d 'How the client authenticates; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r -f -a "client_secret_basic\t''
client_secret_post\t''
none\t''"
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
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l all -d 'End the sessions of all profiles'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -l end-session -d 'Also end the session that the server keeps of the person'
complete -c authctl -n "__fish_authctl_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand status" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand status" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand status" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand status" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand status" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand status" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand status" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand status" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l auth-method -d 'How the client authenticates; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r -f -a "client_secret_basic\t''
client_secret_post\t''
none\t''"
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
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand token" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand token" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand token" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand token" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
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
complete -c authctl -n "__fish_authctl_using_subcommand token" -l auth-method -d 'How the client authenticates; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r -f -a "client_secret_basic\t''
client_secret_post\t''
none\t''"
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
complete -c authctl -n "__fish_authctl_using_subcommand token" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand token" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand token" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l client -d 'Get a token of the client\'s own (client credentials)'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l force-refresh -d 'Renew the token even when the cached one is good'
complete -c authctl -n "__fish_authctl_using_subcommand token" -l no-cache -d 'Neither use nor keep a cached token; a session\'s token is renewed'
complete -c authctl -n "__fish_authctl_using_subcommand token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l auth-method -d 'How the client authenticates; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r -f -a "client_secret_basic\t''
client_secret_post\t''
none\t''"
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
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -l all -d 'Renew the sessions of all profiles'
complete -c authctl -n "__fish_authctl_using_subcommand refresh" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l token-type-hint -d 'Kind of the token: access_token or refresh_token' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l auth-method -d 'How the client authenticates; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r -f -a "client_secret_basic\t''
client_secret_post\t''
none\t''"
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
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand introspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l token-type-hint -d 'Kind of the token: access_token or refresh_token' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l auth-method -d 'How the client authenticates; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r -f -a "client_secret_basic\t''
client_secret_post\t''
none\t''"
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
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l issuer -d 'Issuer identifier, as everywhere else [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand discover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'Header, claims with their times, warnings'
json\t'An object with header, claims and warnings'
claims\t'The claims alone, as JSON'"
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l lint -d 'List what is legal but unwise, by RFC 8725, RFC 9068 and others; with =deny, refuse the token for it (exit 3)' -r -f -a "list\t'List it'
deny\t'Refuse the token for it'"
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand decode" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'The key that verified, then the claims'
json\t'An object with header, claims, key and warnings'
claims\t'The claims alone, as JSON'"
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l jwks -d 'JWK Set: a file, or an https URL' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l key -d 'Key, whatever the token\'s kid: PEM, DER, certificate or JWK, in a file or by reference (env:NAME, cmd:COMMAND, keychain:NAME, - for standard input)' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l secret -d 'Secret, for HS256 and its kin: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l passphrase -d 'Passphrase of an encrypted --key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l as -d 'Require what the specification of this kind of token requires' -r -f -a "access-token\t'An access token by RFC 9068; needs --audience'
id-token\t'An ID Token by OIDC Core; needs --client-id'
logout-token\t'A Logout Token by OIDC Back-Channel Logout; needs --client-id'"
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l issuer -d 'Require this `iss`; its server\'s keys are used unless others are named' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l audience -d 'Require this audience in `aud`; if repeated, one of them' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l alg -d 'Allow these algorithms only' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l typ -d 'Require this `typ` in the header, such as at+jwt' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l scope -d 'Require these scope values; repeat it, or separate them by space or comma' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l claim -d 'Require a claim with this value, as text or as JSON, in an array one of the items; K:=JSON requires exactly that. K is a name or a path: /realm_access/roles or \'$.realm_access.roles[*]\'. May be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l require -d 'Require a claim, or what a path leads to, with any value; may be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l leeway -d 'Let clocks differ by this much' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l max-age -d 'Require that the token was issued (`iat`) at most this long ago; of an ID Token also the sign-in (`auth_time`)' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l now -d 'Judge as of this instant: Unix seconds or RFC 3339' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l client-id -d 'With --as: the client that the token was issued to; an ID Token or a Logout Token is for it' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l nonce -d 'With --as id-token: the nonce of the authentication request' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l access-token -d 'With --as id-token: the access token that must be bound to it by `at_hash`: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l batch -d 'Verify each line of a file, or of standard input (-), as a token, and write one verdict a line in that order. Exits with 3 if any is bad' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l field -d 'Take each line as a JSON object with the token in this member; or a path to it: /request/token or \'$.tokens[0]\'' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l only -d 'Write only the verdicts on these tokens, with the numbers of their lines' -r -f -a "good\t'Good tokens'
bad\t'Bad tokens'"
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l jobs -d 'Use so many threads; by default as many as the processor runs at once' -r
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l lint -d 'List what is legal but unwise, by RFC 8725, RFC 9068 and others; with =deny, refuse the token for it (exit 3)' -r -f -a "list\t'List it'
deny\t'Refuse the token for it'"
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l detached -d 'The payload, where it came apart from the JWS (RFC 7515 appendix F): FILE or @FILE, - for standard input' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l allow-stale-keys -d 'Use the outdated copy of a server\'s keys while the server cannot be reached'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l allow-missing-exp -d 'Accept a token without `exp`'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l fail-fast -d 'Stop at the first bad token'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l jws -d 'Verify the signature only and print the payload as it is; nothing is known of the payload but who signed it'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -l allow-unencoded -d 'Accept an unencoded payload (RFC 7797)'
complete -c authctl -n "__fish_authctl_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -s o -l output -d 'Shape of the answer' -r -f -a "token\t'The bare token'
json\t'An object with token, header, claims, algorithm and expiry'
header\t'An HTTP Authorization header field'"
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l key -d 'Private key: PEM, DER, JWK or JWK Set, in a file or by reference (env:NAME, cmd:COMMAND, keychain:NAME, - for standard input)' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l secret -d 'Secret, for HS256 and its kin: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l passphrase -d 'Passphrase of an encrypted --key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l alg -d 'Algorithm; by default that of the JWK, else the usual one of the key\'s type: RS256 for RSA, HS256 for a secret' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l kid -d 'Key identifier: of a JWK Set it names the key, by its kid or, where it has none, its thumbprint; to a lone key without one it is given' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l iss -d 'Issuer' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l sub -d 'Subject' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l aud -d 'Audience; if repeated, an array' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l exp -d 'When it expires' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l nbf -d 'When it begins to be valid' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l iat -d 'When it was issued; by default now' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l jti -d 'Identifier of the token; without a value a random one' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l claim -d 'Another claim: role=admin as text, level:=3 as JSON. May be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l typ -d 'Type of the token, such as at+jwt; by default JWT, and with --jws none' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l header -d 'Add a member to the header: cty=JWT as text, n:=1 as JSON. May be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l no-kid -d 'Leave the key identifier out of the header'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l allow-other-kid -d 'Give the key the --kid in place of its own'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l no-iat -d 'Leave out `iat`'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l no-typ -d 'Leave out `typ`'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l jws -d 'Sign the octets as they are, whatever they mean'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l detached -d 'Leave the payload out of the token (RFC 7515 appendix F)'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l unencoded -d 'Sign the payload without encoding it (RFC 7797)'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l allow-missing-exp -d 'Make a token without `exp`'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l allow-expired -d 'Make a token that is expired'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l allow-never-valid -d 'Make a token whose `nbf` is not before its `exp`'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l allow-future-iat -d 'Make a token whose `iat` is in the future'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -l allow-wrong-types -d 'Make a token with claims of other types than RFC 7519 gives them'
complete -c authctl -n "__fish_authctl_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -s o -l output -d 'Shape of the answer' -r -f -a "token\t'The bare token'
json\t'An object with the token and its header'"
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l key -d 'Key of the recipient: PEM, DER, JWK or JWK Set, in a file or by reference (env:NAME, cmd:COMMAND, keychain:NAME, - for standard input). RSA, P-256, P-384, P-521, X25519, or a JWK with a secret' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l kid -d 'Key of a JWK Set; to encrypt with a key that has no kid, the one that the token names' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l passphrase -d 'Passphrase of an encrypted --key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l secret -d 'Secret, of as many octets as the algorithm needs: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l password -d 'Password (PBES2), by reference as --secret' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l alg -d 'Key management algorithm, such as RSA-OAEP-256, ECDH-ES, A256KW or dir' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l enc -d 'Content encryption, such as A256GCM or A128CBC-HS256' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l p2c -d 'PBKDF2 iterations for --password, at most 1000000; by default 210000, with PBES2-HS256+A128KW 600000. npm `jose` takes up to 10000 unless told otherwise, joserfc up to 300000' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l apu -d 'Who encrypts (`apu`), bound into the key of ECDH-ES' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l apv -d 'Who is to decrypt (`apv`), bound into the key of ECDH-ES' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l header -d 'Add a member to the header: a=b as text, n:=1 as JSON. May be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l typ -d 'Type of the whole (`typ`), such as JWT' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l cty -d 'Type of the payload (`cty`); JWT for a token' -r
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -l zip -d 'Compress the payload. Its length then tells of its content: not for secrets beside text that others choose'
complete -c authctl -n "__fish_authctl_using_subcommand encrypt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'The content as it is, escaped on a terminal; of a verified JWT the key that verified, then the claims'
json\t'An object with the header and the content in base64url; of a verified JWT with what `verify` says'
claims\t'The claims of a verified JWT alone, as JSON'"
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l key -d 'Key of the recipient: PEM, DER, JWK or JWK Set, in a file or by reference (env:NAME, cmd:COMMAND, keychain:NAME, - for standard input). RSA, P-256, P-384, P-521, X25519, or a JWK with a secret' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l kid -d 'Key of a JWK Set; to encrypt with a key that has no kid, the one that the token names' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l passphrase -d 'Passphrase of an encrypted --key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l secret -d 'Secret, of as many octets as the algorithm needs: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l password -d 'Password (PBES2), by reference as --secret' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l alg -d 'Allow these key management algorithms only, such as RSA-OAEP-256' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l enc -d 'Allow these content encryptions only, such as A256GCM' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l jwks -d 'JWK Set: a file, or an https URL' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l verify-key -d 'Key, whatever the token\'s kid: PEM, DER, certificate or JWK, in a file or by reference (env:NAME, cmd:COMMAND, keychain:NAME, - for standard input)' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l verify-secret -d 'Secret, for HS256 and its kin: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l verify-passphrase -d 'Passphrase of an encrypted --verify-key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l as -d 'Require what the specification of this kind of token requires' -r -f -a "access-token\t'An access token by RFC 9068; needs --audience'
id-token\t'An ID Token by OIDC Core; needs --client-id'
logout-token\t'A Logout Token by OIDC Back-Channel Logout; needs --client-id'"
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l issuer -d 'Require this `iss`; its server\'s keys are used unless others are named' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l audience -d 'Require this audience in `aud`; if repeated, one of them' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l verify-alg -d 'Allow these signature algorithms only' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l typ -d 'Require this `typ` in the header, such as at+jwt' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l scope -d 'Require these scope values; repeat it, or separate them by space or comma' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l claim -d 'Require a claim with this value, as text or as JSON, in an array one of the items; K:=JSON requires exactly that. K is a name or a path: /realm_access/roles or \'$.realm_access.roles[*]\'. May be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l require -d 'Require a claim, or what a path leads to, with any value; may be repeated' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l leeway -d 'Let clocks differ by this much' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l max-age -d 'Require that the token was issued (`iat`) at most this long ago; of an ID Token also the sign-in (`auth_time`)' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l now -d 'Judge as of this instant: Unix seconds or RFC 3339' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l client-id -d 'With --as: the client that the token was issued to; an ID Token or a Logout Token is for it' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l nonce -d 'With --as id-token: the nonce of the authentication request' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l access-token -d 'With --as id-token: the access token that must be bound to it by `at_hash`: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l outer -d 'Open the outermost layer only and print what is in it, be it encrypted again or not signed'
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l allow-stale-keys -d 'Use the outdated copy of a server\'s keys while the server cannot be reached'
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -l allow-missing-exp -d 'Accept a token without `exp`'
complete -c authctl -n "__fish_authctl_using_subcommand decrypt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l alg -d 'Algorithm that the key is for, of signatures or of encryption' -r -f -a "HS256\t''
HS384\t''
HS512\t''
RS256\t''
RS384\t''
RS512\t''
PS256\t''
PS384\t''
PS512\t''
ES256\t''
ES384\t''
ES512\t''
ES256K\t''
EdDSA\t''
Ed25519\t''
ML-DSA-44\t''
ML-DSA-65\t''
ML-DSA-87\t''
RSA-OAEP\t''
RSA-OAEP-256\t''
RSA-OAEP-384\t''
RSA-OAEP-512\t''
ECDH-ES\t''
ECDH-ES+A128KW\t''
ECDH-ES+A192KW\t''
ECDH-ES+A256KW\t''
A128KW\t''
A192KW\t''
A256KW\t''
A128GCMKW\t''
A192GCMKW\t''
A256GCMKW\t''
dir\t''"
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l use -d 'What the key is for, where --alg does not say it' -r -f -a "sig\t'Signatures'
enc\t'Encryption'"
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l crv -d 'Curve of a key for ECDH-ES and its kin; P-256 by default' -r -f -a "P-256\t''
P-384\t''
P-521\t''
X25519\t''"
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l bits -d 'Size of an RSA key (2048, 3072, 4096 or 8192; 2048 by default) or of a secret' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l out -d 'What the names of the files begin with; by default the algorithm and the first characters of the kid. After a / the default is added; - prints the private key and writes no file' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l kid -d 'Key identifier; by default the thumbprint of the key (RFC 7638)' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l passphrase -d 'Encrypt the private key under a passphrase: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s o -l output -d 'Shape of the answer; by default the names of the files and the kid or, with --out -, PEM (of a secret, JWK)' -r -f -a "pem\t'The public key as PEM; with --out - the private one'
jwk\t'The public key as JWK; with --out - the private one'
json\t'An object with kid, algorithm, files and keys'"
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -l force -d 'Replace files that are there'
complete -c authctl -n "__fish_authctl_using_subcommand keygen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -f -a "inspect" -d 'Show what a key is and what it can do'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -f -a "public" -d 'Print the public key of a key'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -f -a "convert" -d 'Write a key in another form'
complete -c authctl -n "__fish_authctl_using_subcommand key; and not __fish_seen_subcommand_from inspect public convert thumbprint" -f -a "thumbprint" -d 'Print the thumbprint of a key (RFC 7638)'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l passphrase -d 'Passphrase of an encrypted key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l kid -d 'Of a JWK Set, only the keys with this kid' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l passphrase -d 'Passphrase of an encrypted key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l kid -d 'Of a JWK Set, take the key with this kid; of any other input, give the JWK that is written this one' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l alg -d 'Give the JWK that is written this `alg`' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l use -d 'Give the JWK that is written this `use`' -r -f -a "sig\t'Signatures'
enc\t'Encryption'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l out -d 'Write the key into this file, a private one for its owner alone; - prints it, also on a terminal' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -s o -l output -d 'Form of the public key; by default that of the input' -r -f -a "pem\t'SubjectPublicKeyInfo, as text'
der\t'SubjectPublicKeyInfo, as octets'
jwk\t'JSON Web Key'
jwks\t'JWK Set'
openssh\t'The line of OpenSSH'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l force -d 'Replace a file that is there'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from public" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l passphrase -d 'Passphrase of an encrypted key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l to -d 'Form to write' -r -f -a "pkcs8\t'Private keys of every type (PrivateKeyInfo, RFC 5958)'
pkcs1\t'RSA keys, private and public (RFC 8017)'
sec1\t'Private keys on the curves of ECDSA (RFC 5915)'
spki\t'The public key (SubjectPublicKeyInfo, RFC 5280)'
jwk\t'Every key, secrets too (RFC 7517)'
openssh\t'The public key as a line of OpenSSH'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l kid -d 'Of a JWK Set, take the key with this kid; of any other input, give the JWK that is written this one' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l alg -d 'Give the JWK that is written this `alg`' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l use -d 'Give the JWK that is written this `use`' -r -f -a "sig\t'Signatures'
enc\t'Encryption'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l new-passphrase -d 'Encrypt the private key under a passphrase (pkcs8 only): env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l out -d 'Write the key into this file, a private one for its owner alone; - prints it, also on a terminal' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -s o -l output -d 'Encoding of pkcs8, pkcs1, sec1 and spki; pem by default' -r -f -a "pem\t'Text (RFC 7468)'
der\t'Octets'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l force -d 'Replace a file that is there'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from convert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l passphrase -d 'Passphrase of an encrypted key; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l kid -d 'Of a JWK Set, only the keys with this kid' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l hash -d 'Hash of the thumbprint' -r -f -a "sha-256\t''
sha-384\t''
sha-512\t''"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l uri -d 'Print it as a URI (RFC 9278)'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l allow-secret -d 'Make the thumbprint of a secret too'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand key; and __fish_seen_subcommand_from thumbprint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -f -a "list" -d 'List the keys of a set, and what is wrong with them'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -f -a "add" -d 'Add keys to a set, which is made if it is not there'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -f -a "remove" -d 'Remove keys from a set'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -f -a "rotate" -d 'Replace the signing key of a set, one step at a time'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and not __fish_seen_subcommand_from list add remove rotate fetch" -f -a "fetch" -d 'Fetch the JWK Set of a server'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l issuer -d 'Issuer identifier of the server whose keys they are [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l kid -d 'Key identifier, for one key' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l alg -d 'Algorithm that the keys are for' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l use -d 'What the keys are for: signatures or encryption' -r -f -a "sig\t''
enc\t''"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l passphrase -d 'Passphrase of encrypted keys; asked for by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l replace -d 'Replace the key that has the same kid'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l private -d 'Add the private keys, or secrets, themselves: the set is then one to be kept secret'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l force -d 'Remove the key too that signs now'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l overlap -d 'How long a key stays published after it has signed: at least as long as tokens live' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l publish-ahead -d 'How long a key is published before it signs: at least as long as verifiers keep a copy of the set; by default as long as --overlap' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l every -d 'Publish another key only when the one that signs has done so for this long; by default whenever no rotation is under way' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l alg -d 'Algorithm of a new key; by default that of the key that signs, else ES256' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l bits -d 'Size of a new RSA key; by default that of the key that signs' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l keys -d 'Folder of the private keys; by default that of the set, which had better not be one that is published as a whole' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l current -d 'The key that signs now, by kid or thumbprint: for the first rotation of a set where several could' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l passphrase -d 'Encrypt new private keys under a passphrase: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l now -d 'Act as if it were this instant: Unix seconds or RFC 3339' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l force -d 'Take the next step at once, although its time has not come: for a key that is compromised'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l dry-run -d 'Say what would be done, and do nothing'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l out -d 'Write it to this file; a set that is there is replaced' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l issuer -d 'Issuer identifier of the server whose keys they are [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l force -d 'Replace a file that is no JWK Set, or one with private keys or secrets'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand jwks; and __fish_seen_subcommand_from fetch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l listen -d 'Address to listen on; port 0 takes a free one' -r
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l alg -d 'Algorithm that tokens are signed with; RS256 by default' -r -f -a "RS256\t''
RS384\t''
RS512\t''
PS256\t''
PS384\t''
PS512\t''
ES256\t''
ES384\t''
ES512\t''
ES256K\t''
EdDSA\t''
Ed25519\t''
ML-DSA-44\t''
ML-DSA-65\t''
ML-DSA-87\t''"
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l ready-file -d 'Write {"issuer", "pid"} into this file once the server listens' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l tls-cert -d 'Speak https with this certificate chain (PEM)' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l tls-key -d 'The key of that certificate (PEM)' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand demo" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand demo" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "list" -d 'List the profiles'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "show" -d 'Show the settings in force, each with where it comes from'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "set" -d 'Set or unset one setting of a profile'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "use" -d 'Use a profile when none is named'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "remove" -d 'Remove a profile\'s settings'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "move-store" -d 'Move sessions and cached tokens to another store'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "rekey" -d 'Encrypt the records of the file store under another key'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "export" -d 'Write sessions into an encrypted archive, to carry them elsewhere'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and not __fish_seen_subcommand_from list show set use remove move-store rekey export import" -f -a "import" -d 'Take sessions from an archive that `profile export` wrote'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from list" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from show" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from set" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from use" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from remove" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l to -d 'Where to: keychain, file or vault' -r -f -a "keychain\t''
file\t''
vault\t''"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l from -d 'Where from; by default the store in force' -r -f -a "keychain\t''
file\t''
vault\t''"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l all -d 'Move the sessions of all profiles, and all cached tokens of clients'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l force -d 'Replace another session, or a newer state of this one, that is kept there already'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from move-store" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l new-passphrase -d 'Reference to the new passphrase, or nothing for a hidden prompt' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l new-key -d 'Reference to the new key of 32 octets' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l new-key-file -d 'File with the new key of 32 octets' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from rekey" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l out -d 'File to write, for its owner alone; - or nothing for standard output, unless that is a terminal' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l passphrase -d 'Passphrase of the archive: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input; a hidden prompt by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l all -d 'Export the sessions of all profiles'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l remove -d 'Remove the sessions here once the archive is written and read back'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l force -d 'Replace a file that is there'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l passphrase -d 'Passphrase of the archive: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input; a hidden prompt by default' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l force -d 'Replace sessions that are kept here, newer ones too, and settings of profiles that differ'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand profile; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -s o -l output -d 'Shape of the answer' -r -f -a "human\t'For a person'
json\t'For a program'"
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l issuer -d 'Issuer identifier of the authorization server, whose metadata is read [env: AUTHCTL_ISSUER]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l client-id -d 'Client identifier [env: AUTHCTL_CLIENT_ID]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l client-secret -d 'Reference to the client\'s secret: env:NAME, file:PATH, cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a hidden prompt; the variable AUTHCTL_CLIENT_SECRET holds the secret itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l auth-method -d 'How the client authenticates; chosen from the server\'s metadata by default [env: AUTHCTL_AUTH_METHOD]' -r -f -a "client_secret_basic\t''
client_secret_post\t''
none\t''"
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l scope -d 'Scope values to ask for; repeat it, or separate them by space or comma [env: AUTHCTL_SCOPE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l audience -d 'Audience to ask for, as some servers take it [env: AUTHCTL_AUDIENCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l resource -d 'Resource indicator to ask for (RFC 8707); may be repeated [env: AUTHCTL_RESOURCE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l param -d 'Further parameter of the token request; may be repeated [env: AUTHCTL_PARAM]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l token-endpoint -d 'Token endpoint [env: AUTHCTL_TOKEN_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l revocation-endpoint -d 'Revocation endpoint (RFC 7009) [env: AUTHCTL_REVOCATION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l introspection-endpoint -d 'Introspection endpoint (RFC 7662) [env: AUTHCTL_INTROSPECTION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l userinfo-endpoint -d 'UserInfo endpoint [env: AUTHCTL_USERINFO_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l end-session-endpoint -d 'End-session endpoint [env: AUTHCTL_END_SESSION_ENDPOINT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l jwks-uri -d 'Where the server\'s JWK Set is [env: AUTHCTL_JWKS_URI]' -r
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand completions" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand completions" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
complete -c authctl -n "__fish_authctl_using_subcommand man" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand man" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Always'
never\t'Never'"
complete -c authctl -n "__fish_authctl_using_subcommand man" -l timeout -d 'Wait at most this long for servers, in all: 90, 90s, 5m; 30s by default [env: AUTHCTL_TIMEOUT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l cacert -d 'Trust these certification authorities too (PEM) [env: AUTHCTL_CACERT, SSL_CERT_FILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l cert -d 'Present this client certificate (PEM) [env: AUTHCTL_CERT]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l cert-key -d 'The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]' -r
complete -c authctl -n "__fish_authctl_using_subcommand man" -l out -d 'Write the pages of all commands into this folder' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand man" -l json -d 'Answer in JSON, errors too; the same as -o json'
complete -c authctl -n "__fish_authctl_using_subcommand man" -s q -l quiet -d 'Say less: no notes'
complete -c authctl -n "__fish_authctl_using_subcommand man" -s v -l verbose -d 'Say more: -v each step, -vv every HTTP exchange, never a secret'
complete -c authctl -n "__fish_authctl_using_subcommand man" -l no-input -d 'Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]'
complete -c authctl -n "__fish_authctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c authctl -n "__fish_authctl_using_subcommand help" -s p -l profile -d 'Use this profile [env: AUTHCTL_PROFILE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l config -d 'Read this configuration file; with `serve`, the server\'s [env: AUTHCTL_CONFIG]' -r -F
complete -c authctl -n "__fish_authctl_using_subcommand help" -l store -d 'Keep tokens here: auto, keychain, file, vault or none [env: AUTHCTL_STORE]' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l store-key -d 'Reference to the 32-octet key of the file store: env:NAME, file:PATH, cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the key itself' -r
complete -c authctl -n "__fish_authctl_using_subcommand help" -l store-passphrase -d 'Reference to the passphrase of the file store, or nothing for a hidden prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself' -r
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
