//! YAML → domain, templates, diagnostics with spans, JSON Schema.
