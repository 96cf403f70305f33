// Serves npm `jose` to the interop tests: one JSON object a line in, one out,
// `{"ok": …}` or `{"error": "…"}`. Octets are base64url. A key is
// `{"jwk": {…}}`, `{"jwks": {…}}` or `{"pem": "…"}`.
import { createInterface } from 'node:readline'
import * as jose from 'jose'

const encode = (octets) => jose.base64url.encode(octets)
const decode = (text) => jose.base64url.decode(text)

/** Reads a key for an algorithm; what is not extractable cannot be written. */
async function key({ jwk, jwks, pem }, alg) {
  if (jwks) return jose.createLocalJWKSet(jwks)
  if (jwk) return jose.importJWK(jwk, alg, { extractable: true })
  const load = pem.includes('PRIVATE')
    ? jose.importPKCS8
    : pem.includes('CERTIFICATE')
      ? jose.importX509
      : jose.importSPKI
  return load(pem, alg, { extractable: true })
}

/** Writes a key in each form that it has. */
async function forms(key) {
  const jwk = await jose.exportJWK(key)
  if (jwk.kty === 'oct') return { jwk }
  const pem = jwk.d ? await jose.exportPKCS8(key) : await jose.exportSPKI(key)
  return { jwk, pem }
}

const operations = {
  version: async () => process.versions.node,

  async sign({ header, key: from, payload, detached }) {
    const signer = new jose.FlattenedSign(decode(payload)).setProtectedHeader(header)
    const options = { crit: Object.fromEntries((header.crit ?? []).map((name) => [name, true])) }
    const jws = await signer.sign(await key(from, header.alg), options)
    // RFC 7797: jose leaves an unencoded payload out, so that it is detached.
    return `${jws.protected}.${detached ? '' : (jws.payload ?? '')}.${jws.signature}`
  },

  async verify({ token, key: from, algorithms, payload }) {
    const parts = token.split('.')
    const jws = { protected: parts[0], payload: parts[1], signature: parts[2] }
    if (parts.length !== 3) throw new Error('it has not three parts')
    if (payload !== undefined) {
      const { b64 = true } = jose.decodeProtectedHeader(jws)
      jws.payload = b64 ? payload : decode(payload)
    }
    const alg = jose.decodeProtectedHeader(jws).alg
    const result = await jose.flattenedVerify(jws, await key(from, alg), { algorithms })
    return { header: result.protectedHeader, payload: encode(result.payload) }
  },

  async verify_jwt({ token, key: from, now, ...options }) {
    const { alg } = jose.decodeProtectedHeader(token)
    options.currentDate = new Date(now * 1000)
    return (await jose.jwtVerify(token, await key(from, alg), options)).payload
  },

  async encrypt({ header, key: from, plaintext }) {
    return new jose.CompactEncrypt(decode(plaintext))
      .setProtectedHeader(header)
      .encrypt(await key(from, header.alg === 'dir' ? header.enc : header.alg))
  },

  async decrypt({ token, key: from }) {
    const { alg, enc } = jose.decodeProtectedHeader(token)
    const result = await jose.compactDecrypt(token, await key(from, alg === 'dir' ? enc : alg), {
      keyManagementAlgorithms: [alg],
    })
    return { header: result.protectedHeader, plaintext: encode(result.plaintext) }
  },

  async generate({ alg, crv, bits }) {
    const options = { crv, modulusLength: bits, extractable: true }
    if (/^HS|^A\d|^dir$/.test(alg)) return forms(await jose.generateSecret(alg, options))
    const pair = await jose.generateKeyPair(alg, options)
    return { private: await forms(pair.privateKey), public: await forms(pair.publicKey) }
  },

  forms: async ({ key: from, alg }) => forms(await key(from, alg)),

  thumbprint: async ({ jwk }) => jose.calculateJwkThumbprint(jwk),
}

for await (const line of createInterface({ input: process.stdin })) {
  const { operation, ...request } = JSON.parse(line)
  let answer
  try {
    answer = { ok: await operations[operation](request) }
  } catch (error) {
    answer = { error: `${error.code ?? error.name}: ${error.message}` }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
