// An authorization server that this project did not write: `oidc-provider`,
// with the grants that authctl speaks. The interop tests start it.
//
//   node server.mjs [--path /tenant/one] [--access-token-ttl SECONDS]
//
// It listens on a free port of 127.0.0.1, prints one JSON object on stdout
// (issuer, clients, users, resource) once it does, and ends when its standard
// input closes, so that it never outlives the test that started it. /counts
// tells how many token requests of each grant type were granted and refused,
// and how many grants were revoked.

import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { parseArgs } from 'node:util';

// oidc-provider uses URL.parse, which Node 20 does not have.
URL.parse ??= (input, base) => (URL.canParse(input, base) ? new URL(input, base) : null);
// Its notices go to console.info; stdout is for the ready line alone.
console.info = console.error;

const { Provider, errors } = await import('oidc-provider');

const { values: options } = parseArgs({
  options: {
    path: { type: 'string', default: '' },
    'access-token-ttl': { type: 'string', default: '3600' },
  },
});

const RESOURCE = 'https://api.example.test/orders';

const users = new Map([
  ['alice', { password: 'wonder+land & "tea"', name: 'Alice Liddell', email: 'alice@example.test' }],
  ['bob', { password: 'b%C3%BCilder:=', name: 'Bob Builder', email: 'bob@example.test' }],
]);

// Every printable character that `application/x-www-form-urlencoded` changes is
// in these: RFC 6749 §2.3.1 encodes both halves before they are joined by a colon.
const clients = [
  {
    client_id: 'native',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['password', 'refresh_token'],
  },
  {
    client_id: 'confidential:basic/+',
    client_secret: 's3cr:t/+%&= ~"\\',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['password', 'refresh_token', 'client_credentials'],
  },
  {
    client_id: 'confidential-post',
    client_secret: 'p&st=+%2B s3cr:t?#',
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['password', 'refresh_token', 'client_credentials'],
  },
];

const server = createServer();
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const issuer = `http://127.0.0.1:${server.address().port}${options.path}`;
const accessTokenTTL = Number(options['access-token-ttl']);

const provider = new Provider(issuer, {
  clients: clients.map((client) => ({
    redirect_uris: [],
    response_types: [],
    scope: 'openid profile email offline_access orders:read orders:write',
    ...client,
  })),
  clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
  scopes: ['openid', 'offline_access', 'orders:read', 'orders:write'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  findAccount,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    userinfo: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource) => resourceServerInfo(resource),
    },
  },
  rotateRefreshToken: true,
  ttl: {
    AccessToken: accessTokenTTL,
    ClientCredentials: accessTokenTTL,
    IdToken: 3600,
    RefreshToken: 86400,
    Grant: 86400,
  },
  jwks: { keys: [key('rsa', { modulusLength: 2048 }, 'RS256'), key('ec', { namedCurve: 'P-256' }, 'ES256')] },
});

function findAccount(_ctx, sub) {
  const user = users.get(sub);
  return user && {
    accountId: sub,
    claims: () => ({ sub, name: user.name, email: user.email, email_verified: true }),
  };
}

function resourceServerInfo(resource) {
  if (resource !== RESOURCE) throw new errors.InvalidTarget();
  return {
    scope: 'orders:read orders:write',
    audience: RESOURCE,
    accessTokenFormat: 'jwt',
    accessTokenTTL,
    jwt: { sign: { alg: 'ES256' } },
  };
}

function key(type, parameters, alg) {
  const { privateKey } = generateKeyPairSync(type, parameters);
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig' };
}

// The resource owner password credentials grant (RFC 6749 §4.3). oidc-provider
// leaves it out on purpose and offers this hook to those who still need it.
async function password(ctx) {
  const { client, params } = ctx.oidc;
  for (const name of ['username', 'password']) {
    if (!params[name]) throw new errors.InvalidRequest(`missing required parameter ${name}`);
  }
  if (users.get(params.username)?.password !== params.password) {
    throw new errors.InvalidGrant('the user name or the password is wrong');
  }
  const accountId = params.username;
  const scope = params.scope ?? 'openid';
  const scopes = new Set(scope.split(' '));

  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope(scope);
  if (params.resource) grant.addResourceScope(params.resource, scope);
  const grantId = await grant.save();
  ctx.oidc.entity('Grant', grant);
  ctx.oidc.entity('Account', findAccount(ctx, accountId));

  const common = {
    accountId, client, grantId, gty: 'password', expiresWithSession: false,
  };
  const accessToken = new provider.AccessToken(common);
  if (params.resource) {
    accessToken.resourceServer = new provider.ResourceServer(
      params.resource,
      resourceServerInfo(params.resource),
    );
    accessToken.scope = grant.getResourceScopeFiltered(
      params.resource,
      [...scopes].filter((one) => accessToken.resourceServer.scopes.has(one)),
    );
  } else {
    accessToken.scope = grant.getOIDCScopeFiltered(scopes);
  }
  ctx.oidc.entity('AccessToken', accessToken);

  const body = {
    access_token: await accessToken.save(),
    expires_in: accessToken.expiration,
    token_type: accessToken.tokenType,
    scope: accessToken.scope,
  };
  if (scopes.has('offline_access') && client.grantTypeAllowed('refresh_token')) {
    const refreshToken = new provider.RefreshToken({
      ...common, rotations: 0, scope, resource: params.resource,
    });
    ctx.oidc.entity('RefreshToken', refreshToken);
    body.refresh_token = await refreshToken.save();
  }
  if (scopes.has('openid')) {
    const idToken = new provider.IdToken({ sub: accountId }, { ctx });
    idToken.scope = 'openid';
    body.id_token = await idToken.issue({ use: 'idtoken' });
  }
  ctx.body = body;
}
provider.registerGrantType('password', password, ['username', 'password', 'scope', 'resource']);

const counts = {};
function count(what) { counts[what] = (counts[what] ?? 0) + 1; }
provider.on('grant.success', (ctx) => count(`${ctx.oidc.params.grant_type} granted`));
provider.on('grant.error', (ctx) => count(`${ctx.oidc.params?.grant_type} refused`));
provider.on('grant.revoked', () => count('grants revoked'));

provider.on('server_error', (_ctx, error) => console.error(error));

const callback = provider.callback();
server.on('request', (request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify(counts));
    return;
  }
  if (!request.url.startsWith(`${options.path}/`)) {
    response.writeHead(404).end();
    return;
  }
  // As a framework mounts it: the provider reads the prefix from the difference.
  request.originalUrl = request.url;
  request.url = request.url.slice(options.path.length);
  callback(request, response);
});

process.stdin.resume().on('end', () => process.exit(0));
console.log(JSON.stringify({
  issuer,
  resource: RESOURCE,
  users: Object.fromEntries(users),
  clients: Object.fromEntries(clients.map((client) => [client.token_endpoint_auth_method, client])),
}));
