//! What talks over the network: one HTTP client, its faults in words, TLS, gRPC's health question.

mod client;
mod connect;
mod fault;
mod grpc;
mod runtime;
mod tls;
mod url;

pub use self::client::{Answer, BODY_LIMIT, Client, Request};
pub use self::connect::{Stream, connect};
pub use self::fault::Fault;
pub use self::grpc::{Health, health};
pub use self::runtime::run;
pub use self::tls::{Seen, Tls, config as tls_config, days_left};
pub use self::url::{Base, encoded_query, host_and_port, redirected};
