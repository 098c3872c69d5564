//! Kubernetes: what is decided (render, plan, judge) stands apart from what is done through kubectl.

pub mod render;
pub mod yaml;
