//! The program: completion first, then run, then the exit code.

fn main() -> std::process::ExitCode {
    instep::main()
}
