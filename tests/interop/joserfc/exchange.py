"""Serves PyPI `joserfc` to the interop tests: one JSON object a line in, one out,
`{"ok": …}` or `{"error": "…"}`. Octets are base64url. A key is `{"jwk": {…}}`,
`{"jwks": {…}}` or `{"pem": "…", "kty": "…"}`.

ML-DSA, which joserfc lacks, is that of `cryptography`, on which it stands.
"""

import base64
import json
import sys

from cryptography.hazmat.primitives.asymmetric import mldsa
from joserfc import jwe, jwk, jws, jwt


def encode(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read(key):
    """Reads a key."""
    if "jwks" in key:
        return jwk.KeySet.import_key_set(key["jwks"])
    if "jwk" in key:
        return jwk.import_key(key["jwk"])
    return jwk.import_key(key["pem"], key["kty"])


def forms(key):
    """Writes a key in each form that it has."""
    if key.key_type == "oct":
        return {"jwk": key.as_dict(private=True)}
    private = key.is_private
    return {
        "jwk": key.as_dict(private=private),
        "pem": key.as_pem(private=private).decode(),
    }


def sign(header, key, payload, detached=False):
    token = jws.serialize_compact(header, decode(payload), read(key), [header["alg"]])
    return jws.detach_content(token) if detached else token


def verify(token, key, algorithms, payload=None):
    payload = None if payload is None else decode(payload)
    found = jws.deserialize_compact(token, read(key), algorithms, payload=payload)
    return {"header": found.headers(), "payload": encode(found.payload)}


def verify_jwt(token, key, algorithms, now, issuer, audience):
    registry = jwt.JWTClaimsRegistry(
        now=now,
        leeway=0,
        exp={"essential": True},
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
    )
    claims = jwt.decode(token, read(key), algorithms).claims
    registry.validate(claims)
    return claims


def encrypt(header, key, plaintext):
    allowed = [header["alg"], header["enc"], "DEF"]
    return jwe.encrypt_compact(header, decode(plaintext), read(key), allowed)


def decrypt(token, key):
    header = json.loads(decode(token.split(".")[0]))
    allowed = [header["alg"], header["enc"], "DEF"]
    found = jwe.decrypt_compact(token, read(key), allowed)
    return {"header": found.headers(), "plaintext": encode(found.plaintext)}


def generate(kty, crv=None, bits=None):
    key = jwk.generate_key(kty, crv or bits, private=True)
    if kty == "oct":
        return forms(key)
    public = jwk.import_key(key.as_dict(private=False))
    return {"private": forms(key), "public": forms(public)}


PARAMETER_SETS = {
    "ML-DSA-44": (mldsa.MLDSA44PrivateKey, mldsa.MLDSA44PublicKey),
    "ML-DSA-65": (mldsa.MLDSA65PrivateKey, mldsa.MLDSA65PublicKey),
    "ML-DSA-87": (mldsa.MLDSA87PrivateKey, mldsa.MLDSA87PublicKey),
}


def mldsa_sign(alg, seed, message):
    key = PARAMETER_SETS[alg][0].from_seed_bytes(decode(seed))
    public = key.public_key().public_bytes_raw()
    return {"signature": encode(key.sign(decode(message))), "pub": encode(public)}


def mldsa_verify(alg, pub, message, signature):
    key = PARAMETER_SETS[alg][1].from_public_bytes(decode(pub))
    key.verify(decode(signature), decode(message))
    return True


OPERATIONS = {
    "version": lambda: sys.version.split()[0],
    "sign": sign,
    "verify": verify,
    "verify_jwt": verify_jwt,
    "encrypt": encrypt,
    "decrypt": decrypt,
    "generate": generate,
    "forms": lambda key, alg: forms(read(key)),
    "thumbprint": lambda jwk: read({"jwk": jwk}).thumbprint(),
    "mldsa_sign": mldsa_sign,
    "mldsa_verify": mldsa_verify,
}

for line in sys.stdin:
    request = json.loads(line)
    operation = OPERATIONS[request.pop("operation")]
    try:
        answer = {"ok": operation(**request)}
    except Exception as error:  # whatever it refuses by
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
