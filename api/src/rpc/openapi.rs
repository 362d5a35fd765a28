//! `poem_openapi::OpenApi`, implemented once over a list of methods.

use super::{
    catalog::{Catalog, CompiledMethod, MethodList, pascal},
    error::Fault,
    method::Access,
    reply::{JSON, TRANSIT},
};
use poem::{endpoint::BoxEndpoint, http::Method};
use poem_openapi::{
    OpenApi,
    registry::{
        MetaApi, MetaMediaType, MetaOperation, MetaOperationParam, MetaParamIn, MetaPath, MetaRequest,
        MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, MetaSecurityScheme, MetaTag, Registry,
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    marker::PhantomData,
};

/// A list of methods as poem-openapi sees it.
pub struct Rpc<L>(PhantomData<L>);

impl<L> Default for Rpc<L> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// Failures that any method can answer.
const COMMON: &[(Fault, &str)] = &[
    (Fault::Validation, "params-validation"),
    (Fault::Validation, "malformed-json"),
    (Fault::Validation, "malformed-transit"),
    (Fault::Validation, "malformed-multipart"),
    (Fault::Validation, "malformed-body"),
    (Fault::Validation, "unsupported-content-type"),
    (Fault::TooLarge, "request-body-too-large"),
    (Fault::TooOften, "request-blocked"),
    (Fault::Busy, "concurrency-limit"),
    (Fault::Internal, "unexpected"),
    (Fault::Internal, "io-exception"),
    (Fault::Unavailable, "database-unavailable"),
    (Fault::Unavailable, "outcome-unknown"),
    (Fault::TimedOut, "request-timeout"),
    (Fault::TimedOut, "statement-timeout"),
    (Fault::TimedOut, "idle-in-transaction-timeout"),
];

/// What methods answer that are not for everybody.
const SIGNED_IN: &[(Fault, &str)] = &[(Fault::Authentication, "authentication-required")];

/// What methods answer that are for another server.
const WITH_KEY: &[(Fault, &str)] =
    &[(Fault::Authorization, "shared-key-required"), (Fault::Authentication, "authentication-required")];

/// What many methods answer besides; only the name of a schema depends on it.
const FREQUENT: &[(Fault, &str)] = &[(Fault::NotFound, "object-not-found"), (Fault::Busy, "too-busy")];

impl<L: MethodList> OpenApi for Rpc<L> {
    fn meta() -> Vec<MetaApi> {
        let catalog = L::catalog();
        let paths = catalog.entries.iter().map(|entry| {
            let method = &catalog.by_name[entry.name];
            let mut operations = vec![operation(catalog, method, Method::POST)];
            if let Some(params) = entry.reads().then(|| query(catalog, method)).flatten() {
                operations.push(MetaOperation {
                    params,
                    request: None,
                    operation_id: Some(leak(format!("{}-by-query", entry.name))),
                    ..operation(catalog, method, Method::GET)
                });
            }
            MetaPath { path: format!("/{}", entry.name), operations }
        });
        vec![MetaApi { paths: paths.collect() }]
    }

    fn register(registry: &mut Registry) {
        let catalog = L::catalog();
        // A set: once per subject.
        for entry in catalog.entries {
            registry.create_tag(MetaTag { name: entry.subject, description: None, external_docs: None });
        }
        let key = |name, key_in, description| MetaSecurityScheme {
            ty: "apiKey",
            description: Some(description),
            name: Some(name),
            key_in: Some(key_in),
            scheme: None,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        let session = key("auth-token", "cookie", "The session that login-with-password begins.");
        let token = key(
            "Authorization",
            "header",
            "`Token ` and an access token, or `Bearer ` and a session's token.",
        );
        if catalog.entries.iter().any(|entry| entry.access == Access::Exporter) {
            let shown = key("x-shared-key", "header", "The word `exporter`, a blank, and its key.");
            registry.create_security_scheme("key", shown);
        }
        registry.create_security_scheme("session", session);
        registry.create_security_scheme("token", token);
        registry.schemas.extend(catalog.schemas.iter().map(|(name, schema)| (name.clone(), schema.clone())));
        for entry in catalog.entries {
            for (status, codes) in failures(&catalog.by_name[entry.name]) {
                registry.schemas.insert(refusal_name(entry.name, status, &codes), refusal(&codes));
            }
        }
    }

    /// Nothing: `routes` mounts one endpoint per prefix, so that unknown names get our own 404, and a call does
    /// not pay for the cookie jar and the parsed query that poem-openapi makes for each of its routes.
    fn add_routes(self, _: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// The document wants `&'static str`. It is built a few times in a process: this leaks some kilobytes, no more.
fn leak(text: String) -> &'static str {
    text.leak()
}

/// The method's failures by status: its own, those of its access, and the common ones.
fn failures(method: &CompiledMethod) -> BTreeMap<u16, Vec<&'static str>> {
    let access = match method.entry.access {
        Access::Public => &[][..],
        Access::Profile => SIGNED_IN,
        Access::Exporter => WITH_KEY,
    };
    let mut codes: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for (fault, code) in COMMON.iter().chain(access).chain(method.entry.errors) {
        codes.entry(fault.status().as_u16()).or_default().push(code);
    }
    codes
}

/// One schema for all methods that give the same codes with a status.
fn refusal_name(method: &str, status: u16, codes: &[&str]) -> String {
    let shared = COMMON.iter().chain(SIGNED_IN).chain(FREQUENT);
    let common = shared.filter(|(fault, _)| fault.status().as_u16() == status);
    if common.map(|(_, code)| *code).eq(codes.iter().copied()) {
        return format!("Refused{status}");
    }
    format!("{}Refused{status}", pascal(method))
}

/// The error, narrowed to the codes that can come.
fn refusal(codes: &[&'static str]) -> MetaSchema {
    let code = MetaSchema {
        description: Some("Which of them."),
        enum_items: codes.iter().map(|code| serde_json::Value::from(*code)).collect(),
        ..MetaSchema::new("string")
    };
    let narrow = MetaSchema {
        required: vec!["code"],
        properties: vec![("code", MetaSchemaRef::Inline(Box::new(code)))],
        ..MetaSchema::new("object")
    };
    MetaSchema {
        all_of: vec![MetaSchemaRef::Reference("Error".into()), MetaSchemaRef::Inline(Box::new(narrow))],
        ..MetaSchema::ANY
    }
}

fn media(types: &[&'static str], schema: &MetaSchemaRef) -> Vec<MetaMediaType> {
    types.iter().map(|t| MetaMediaType { content_type: t, schema: schema.clone() }).collect()
}

fn response(status: u16, description: &'static str, content: Vec<MetaMediaType>) -> MetaResponse {
    MetaResponse { description, status: Some(status), status_range: None, content, headers: Vec::new() }
}

fn operation(catalog: &'static Catalog, method: &CompiledMethod, verb: Method) -> MetaOperation {
    let entry = method.entry;
    let reply = &method.described.reply;
    let mut responses = Vec::new();
    if let Some(schema) = reply.schema() {
        responses.push(response(200, "Done.", media(reply.media, &schema)));
    }
    if reply.may_be_nothing {
        responses.push(response(204, "Done; there is nothing to say.", Vec::new()));
    }
    if entry.conditional {
        responses.push(response(
            304,
            "Not changed since the answer whose tag `If-None-Match` names.",
            Vec::new(),
        ));
    }
    for (status, codes) in failures(method) {
        let schema = MetaSchemaRef::Reference(refusal_name(entry.name, status, &codes));
        let description = leak(format!("Refused: {}.", codes.join(", ")));
        responses.push(response(status, description, media(&[JSON, TRANSIT], &schema)));
    }
    let body: &[&'static str] = if method.multipart { &["multipart/form-data"] } else { &[JSON, TRANSIT] };
    let required = params(catalog, method).is_some_and(|schema| !schema.required.is_empty());
    let all = |schemes: &[&'static str]| schemes.iter().map(|scheme| (*scheme, Vec::new())).collect();
    MetaOperation {
        method: verb,
        tags: vec![entry.subject],
        summary: Some(entry.summary),
        description: None,
        external_docs: None,
        params: Vec::new(),
        request: Some(MetaRequest {
            description: None,
            content: media(body, &method.described.params),
            required,
        }),
        responses: MetaResponses { responses },
        deprecated: false,
        security: match entry.access {
            Access::Public => Vec::new(),
            Access::Profile => vec![all(&["session"]), all(&["token"])],
            Access::Exporter => vec![all(&["key", "session"]), all(&["key", "token"])],
        },
        operation_id: Some(entry.name),
        code_samples: Vec::new(),
    }
}

fn params<'a>(catalog: &'a Catalog, method: &CompiledMethod) -> Option<&'a MetaSchema> {
    match &method.described.params {
        MetaSchemaRef::Reference(name) => catalog.schemas.get(name),
        MetaSchemaRef::Inline(_) => None,
    }
}

/// Query parameters of a reading method; none when one of its params is something a query cannot carry.
fn query(catalog: &'static Catalog, method: &CompiledMethod) -> Option<Vec<MetaOperationParam>> {
    let schema = params(catalog, method)?;
    let parameter = |(name, property): &(&'static str, MetaSchemaRef)| match property {
        MetaSchemaRef::Inline(inline) if inline.ty != "object" && !inline.ty.is_empty() => {
            Some(MetaOperationParam {
                name: (*name).to_owned(),
                schema: property.clone(),
                in_type: MetaParamIn::Query,
                description: inline.description.map(str::to_owned),
                required: schema.required.contains(name),
                deprecated: false,
                explode: true,
                style: None,
            })
        }
        _ => None,
    };
    schema.properties.iter().map(parameter).collect()
}
