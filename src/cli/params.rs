//! A task's parameters as clap's arguments: one declaration for parsing, help, completion and errors.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ValueHint, value_parser};

use crate::config::{Param, ParamKind, value};

/// With a default an option, without one positional.
pub(super) fn arg(param: &Param, environments: &[&str]) -> Arg {
    let mut arg = Arg::new(param.name.clone()).value_name(param.name.to_uppercase());
    if let Some(description) = &param.description {
        arg = arg.help(description.clone());
    }
    if param.kind == ParamKind::Bool {
        return arg.long(param.name.replace('_', "-")).action(ArgAction::SetTrue);
    }
    arg = match &param.default {
        Some(default) => arg.long(param.name.replace('_', "-")).default_value(default.clone()),
        None => arg.required(!param.variadic),
    };
    if param.variadic {
        arg = arg.num_args(0..);
    }
    match (param.kind, param.choices.as_slice()) {
        (_, [_, ..]) => arg.value_parser(PossibleValuesParser::new(param.choices.clone())),
        (ParamKind::Int, _) => arg.value_parser(value::whole::<i64>(i64::MIN, i64::MAX)).allow_negative_numbers(true),
        (ParamKind::Path, _) => arg.value_parser(value_parser!(std::path::PathBuf)).value_hint(ValueHint::AnyPath),
        (ParamKind::Environment, _) => {
            let names: Vec<String> = environments.iter().map(|&name| name.to_owned()).collect();
            arg.value_parser(PossibleValuesParser::new(names))
        }
        _ => arg,
    }
}

/// All that stands behind a task that declares no parameters.
pub(super) fn anything() -> Arg {
    rest().trailing_var_arg(true).allow_hyphen_values(true)
}

/// All that stands behind `--`.
pub(super) fn behind_dashes() -> Arg {
    rest().last(true)
}

fn rest() -> Arg {
    Arg::new("args").value_name("ARGS").num_args(0..).value_parser(value_parser!(OsString)).help("Passed on to the task, as \"$@\"")
}
