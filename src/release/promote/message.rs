//! What a promotion says of itself: the commit's message, and the text of the pull request.

use super::folder::Release;

/// The commit's message; `commits`: those between two releases, one line each.
pub(super) fn commit(release: &Release, commits: &[String], source: Option<&str>) -> String {
    let mut text = format!("{}\n\n", title(release));
    for (name, image) in &release.images {
        text.push_str(&format!("{name}: {image}\n"));
    }
    if let Some(sha) = &release.commit {
        text.push_str(&format!("commit: {}\n", link(sha, source)));
    }
    text.push_str(&format!("by: {}\n", release.who));
    for (i, line) in commits.iter().enumerate() {
        text.push_str(&format!("{}- {line}\n", if i == 0 { "\n" } else { "" }));
    }
    text
}

/// `users 1.4.0 → production`.
pub(super) fn title(release: &Release) -> String {
    format!("{} {} → {}", release.service, release.version, release.environment)
}

/// The text of the pull request, as Markdown: the commit's message, the smoke test and the diff.
pub(super) fn pull_request(message: &str, release: &Release, diff: &str) -> String {
    let body = message.split_once("\n\n").map_or("", |(_, body)| body);
    let smoke = release.smoke.as_deref().unwrap_or("no environment comes before");
    // The provider's limits are above 60,000 characters.
    let cut = diff.char_indices().nth(50_000).map_or(diff, |(at, _)| &diff[..at]);
    let dots = if cut.len() < diff.len() { "\n… cut\n" } else { "" };
    format!("{body}\nsmoke test before: {smoke}\n\n```diff\n{cut}{dots}```\n")
}

fn link(sha: &str, source: Option<&str>) -> String {
    match source {
        Some(page) if page.starts_with("https://") => format!("{page}/commit/{sha}"),
        _ => sha.to_owned(),
    }
}
