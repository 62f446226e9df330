"""The API: everything that the site can do, for programs. Versioned below /api/v1, described by OpenAPI."""
