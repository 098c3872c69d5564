//! A platform repo: a bare git repository that promotions are committed to, and what applies it to a cluster.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Ran, World, wait_until};

/// A service beside a platform repo that holds something else already.
pub struct Platform {
    pub world: World,
    pub bare: PathBuf,
}

impl Platform {
    /// With more at the end of instep.toml.
    pub fn new(more: &str) -> Self {
        let mut world = World::new();
        let bare = world.root().join("platform.git");
        let work = world.root().join("platform");
        world.env("GIT_AUTHOR_NAME", "ada").env("GIT_AUTHOR_EMAIL", "ada@example.com");
        world.env("GIT_COMMITTER_NAME", "ada").env("GIT_COMMITTER_EMAIL", "ada@example.com");
        std::fs::create_dir_all(work.join("other")).unwrap();
        std::fs::write(work.join("other/keep.yaml"), "kept: true\n").unwrap();
        world.git(&["init", "--quiet", "--bare", "--initial-branch", "main", &bare.display().to_string()]);
        let at = work.display().to_string();
        world.git(&["init", "--quiet", "--initial-branch", "main", &at]);
        world.git(&["-C", &at, "add", "--all"]);
        world.git(&["-C", &at, "commit", "--quiet", "-m", "begin"]);
        world.git(&["-C", &at, "push", "--quiet", &bare.display().to_string(), "main"]);
        world.file("instep.toml", toml("users", &bare, more));
        world.commit("one");
        Self { world, bare }
    }

    /// Promotes to production.
    pub fn promote(&self, args: &[&str]) -> Ran {
        self.world.run(["promote", "production"].iter().chain(args))
    }

    /// Asks the platform repo.
    pub fn git(&self, args: &[&str]) -> String {
        let bare = self.bare.display().to_string();
        self.world.git(&[&["--git-dir", bare.as_str()][..], args].concat())
    }

    /// Commits a file to the platform repo by hand.
    pub fn edit(&self, path: &str, text: &str) {
        let clone = self.world.root().join("by-hand");
        let _ = std::fs::remove_dir_all(&clone);
        let at = clone.display().to_string();
        self.world.git(&["clone", "--quiet", &self.bare.display().to_string(), &at]);
        std::fs::write(clone.join(path), text).unwrap();
        self.world.git(&["-C", &at, "add", "--all"]);
        self.world.git(&["-C", &at, "commit", "--quiet", "-m", "by hand"]);
        self.world.git(&["-C", &at, "push", "--quiet"]);
    }

    /// How many commits a branch has.
    pub fn commits(&self, branch: &str) -> usize {
        self.git(&["rev-list", "--count", branch]).parse().unwrap()
    }
}

/// An instep.toml whose production is deployed through the platform repo.
pub fn toml(service: &str, bare: &Path, more: &str) -> String {
    format!(
        "[service]\nname = \"{service}\"\nport = 8080\n\n[image]\nrepository = \"registry.example.com/{service}\"\n\n[environments.production]\ncontext = \"none\"\nkube-version = \"1.29\"\n\n[environments.production.gitops]\nrepository = \"file://{}\"\npath = \"services/{{{{ service.name }}}}\"\n{more}",
        bare.display()
    )
}

/// A controller as Argo CD and Flux are: applies what the platform repo holds, as soon as it is there.
pub fn controller(place: &super::kube::Place, bare: &Path, commits: usize) {
    let clone = place.world.root().join("controller");
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let bare = bare.display().to_string();
    wait_until("the commit", std::time::Duration::from_secs(60), || {
        git(&["--git-dir", &bare, "rev-list", "--count", "main"]) == commits.to_string()
    });
    let _ = std::fs::remove_dir_all(&clone);
    git(&["clone", "--quiet", &bare, &clone.display().to_string()]);
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    let folder = clone.join("services/hello");
    std::fs::remove_file(folder.join("release.json")).unwrap();
    place.kubectl(&["apply", "--filename", &folder.display().to_string()]);
}
