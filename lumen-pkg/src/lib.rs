//! lumen-pkg
