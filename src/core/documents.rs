//! Public documents of a server: metadata and JWK Sets, fetched and cached.
