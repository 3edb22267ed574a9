//! lumen-build
