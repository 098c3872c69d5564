
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'instep' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'instep'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'instep' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a part of the scaffold that the repo did not take at first')
            [CompletionResult]::new('adopt', 'adopt', [CompletionResultType]::ParameterValue, 'Propose an instep.toml for a repo that was not generated')
            [CompletionResult]::new('ci', 'ci', [CompletionResultType]::ParameterValue, 'Run what a pipeline runs: works out from the event what to build, test and deploy')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the script that completes instep''s words in a shell')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the merged configuration, each value with where it was written')
            [CompletionResult]::new('docker-build', 'docker-build', [CompletionResultType]::ParameterValue, 'Build the images of the repo, and push them with --push')
            [CompletionResult]::new('docker-push', 'docker-push', [CompletionResultType]::ParameterValue, 'Push the images that are built')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Tell what this repo needs, whether it is there, and the cure where it is not')
            [CompletionResult]::new('fleet', 'fleet', [CompletionResultType]::ParameterValue, 'Look at many services at once, or run a command in many checkouts')
            [CompletionResult]::new('job', 'job', [CompletionResultType]::ParameterValue, 'Run a job of the service in the cluster, list its runs, show what one wrote')
            [CompletionResult]::new('kube-apply', 'kube-apply', [CompletionResultType]::ParameterValue, 'Deploy to an environment: apply, wait until it serves, take it back if it fails')
            [CompletionResult]::new('kube-delete', 'kube-delete', [CompletionResultType]::ParameterValue, 'Delete everything that releases of this service made in an environment')
            [CompletionResult]::new('kube-deploy', 'kube-deploy', [CompletionResultType]::ParameterValue, 'Roll out only a new image; no configuration is applied')
            [CompletionResult]::new('kube-diff', 'kube-diff', [CompletionResultType]::ParameterValue, 'Tell what kube-apply would change, or with --drift what others changed')
            [CompletionResult]::new('kube-history', 'kube-history', [CompletionResultType]::ParameterValue, 'List the releases in an environment')
            [CompletionResult]::new('kube-logs', 'kube-logs', [CompletionResultType]::ParameterValue, 'Show what the pods write')
            [CompletionResult]::new('kube-render', 'kube-render', [CompletionResultType]::ParameterValue, 'Print the Kubernetes manifests of an environment, or write them to a folder')
            [CompletionResult]::new('kube-rollback', 'kube-rollback', [CompletionResultType]::ParameterValue, 'Put an earlier release back')
            [CompletionResult]::new('kube-status', 'kube-status', [CompletionResultType]::ParameterValue, 'Show the newest release in an environment, and what runs of it')
            [CompletionResult]::new('kube-unlock', 'kube-unlock', [CompletionResultType]::ParameterValue, 'Show who holds the lock of a deployment, and free it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the repo''s tasks and the built-in commands')
            [CompletionResult]::new('load-test', 'load-test', [CompletionResultType]::ParameterValue, 'Load a running service for a short time, and hold the figures against thresholds')
            [CompletionResult]::new('new-service', 'new-service', [CompletionResultType]::ParameterValue, 'Make a new repo from a scaffold')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Deploy by a commit to the platform repo, or a pull request there')
            [CompletionResult]::new('redeploy', 'redeploy', [CompletionResultType]::ParameterValue, 'Restart many services, or apply their releases again')
            [CompletionResult]::new('run-local', 'run-local', [CompletionResultType]::ParameterValue, 'Start the service on this machine; Ctrl-C stops everything')
            [CompletionResult]::new('scaffold', 'scaffold', [CompletionResultType]::ParameterValue, 'List, show, lint and test scaffolds')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of instep.toml')
            [CompletionResult]::new('secret', 'secret', [CompletionResultType]::ParameterValue, 'Set a key of a Secret, or list which are there, wanted and read')
            [CompletionResult]::new('smoke-test', 'smoke-test', [CompletionResultType]::ParameterValue, 'Check a running service: TARGET_URL, an environment, or the local run')
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Show the whole way of a service, each command printed before it runs')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Bring the repo to the newest version of its scaffold; with --base: of its bases')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Tell why a task would run, or not')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'instep;add' {
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Answer a question of the scaffold anew')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;adopt' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--makefile-shim', '--makefile-shim', [CompletionResultType]::ParameterName, 'Leave a Makefile whose targets call instep; the one that is there becomes Makefile.old')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;ci' {
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'As if this had happened: branch=NAME, tag=NAME, commit, pull-request, or fork')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'In a workspace: the services that changed since this commit')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print the file that makes a CI system call `instep ci`, or the script that gets the pinned instep')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Print what would run, and why, and run nothing')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'In a workspace: every service, not only those that changed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;completions' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--static', '--static', [CompletionResultType]::ParameterName, 'A file that knows the built-in commands only, for packages')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;config' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'As it holds in this environment')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Every layer that has a say about a key or a variable, strongest first: the first one wins')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'With --explain: whose variable; a task, a workload, run-local or kube')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;docker-build' {
            [CompletionResult]::new('--build-arg', '--build-arg', [CompletionResultType]::ParameterName, 'Set a build argument, over those of instep.toml')
            [CompletionResult]::new('--network', '--network', [CompletionResultType]::ParameterName, 'The network of the build''s containers, such as host')
            [CompletionResult]::new('--host', '--host', [CompletionResultType]::ParameterName, 'The engine to use, over DOCKER_HOST and the docker context: unix:///PATH, tcp://HOST:PORT, ssh://HOST')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--push', '--push', [CompletionResultType]::ParameterName, 'Push the images too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Build also when nothing changed')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Use nothing of earlier builds')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;docker-push' {
            [CompletionResult]::new('--host', '--host', [CompletionResultType]::ParameterName, 'The engine to use, over DOCKER_HOST and the docker context: unix:///PATH, tcp://HOST:PORT, ssh://HOST')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;doctor' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the version and the uid of every cluster into instep.toml, where they are not written')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;fleet' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'What runs of every service in an environment, how it is, and what it takes of the cluster')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in many checkouts')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'instep;fleet;status' {
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'The services of this team; may be repeated')
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'This service; may be repeated')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;fleet;run' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'The folder below which the checkouts are')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'A file with the folder of a checkout on each line, instead of all below a folder')
            [CompletionResult]::new('--max-parallel', '--max-parallel', [CompletionResultType]::ParameterName, 'How many at once')
            [CompletionResult]::new('--max-failures', '--max-failures', [CompletionResultType]::ParameterName, 'After so many failures nothing more is begun; default: all are run')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;fleet;help' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'What runs of every service in an environment, how it is, and what it takes of the cluster')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in many checkouts')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'instep;fleet;help;status' {
            break
        }
        'instep;fleet;help;run' {
            break
        }
        'instep;fleet;help;help' {
            break
        }
        'instep;job' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image to run, instead of the one that serves there')
            [CompletionResult]::new('--artifacts', '--artifacts', [CompletionResultType]::ParameterName, 'The folder for the files that the run brings back; default: in .instep/state/artifacts')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the job: backup-id=123 is BACKUP_ID')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Yes, this protected environment is meant')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the runs in an environment')
            [CompletionResult]::new('--logs', '--logs', [CompletionResultType]::ParameterName, 'Show what a run wrote; one that still runs is followed')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-apply' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image to run, instead of the one of HEAD''s commit')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Yes, this protected environment is meant')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'How long to wait for another deployment of the same')
            [CompletionResult]::new('--override', '--override', [CompletionResultType]::ParameterName, 'Go past a refusal; the reason is recorded')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait, such as 5m; default: what the workloads may take')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--force-conflicts', '--force-conflicts', [CompletionResultType]::ParameterName, 'Take fields over that somebody else changed')
            [CompletionResult]::new('--no-rollback', '--no-rollback', [CompletionResultType]::ParameterName, 'When it fails, leave it to be looked at')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-delete' {
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Yes, this environment is meant')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--claims', '--claims', [CompletionResultType]::ParameterName, 'Claims too, and the data that they hold')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-deploy' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image to run, instead of the one of HEAD''s commit')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Yes, this protected environment is meant')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'How long to wait for another deployment of the same')
            [CompletionResult]::new('--override', '--override', [CompletionResultType]::ParameterName, 'Go past a refusal; the reason is recorded')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait, such as 5m; default: what the workloads may take')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--force-conflicts', '--force-conflicts', [CompletionResultType]::ParameterName, 'Take fields over that somebody else changed')
            [CompletionResult]::new('--no-rollback', '--no-rollback', [CompletionResultType]::ParameterName, 'When it fails, leave it to be looked at')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-diff' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image, instead of the one of HEAD''s commit')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--drift', '--drift', [CompletionResultType]::ParameterName, 'What others changed in the cluster since the last release')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-history' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-logs' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only what is younger, such as 5m')
            [CompletionResult]::new('--tail', '--tail', [CompletionResultType]::ParameterName, 'At most this many lines of each container')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Go on as more is written; new pods join')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Go on as more is written; new pods join')
            [CompletionResult]::new('--previous', '--previous', [CompletionResultType]::ParameterName, 'Of the containers'' run before this one')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-render' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image to name, instead of the one that this version has')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write a file per object into this folder')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--eject', '--eject', [CompletionResultType]::ParameterName, 'Make the manifests the repo''s own: write them to k8s/ENV, and name them in instep.toml')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-rollback' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The revision, as kube-history lists it; default: the one before the release that serves')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Yes, this protected environment is meant')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'How long to wait for another deployment of the same')
            [CompletionResult]::new('--override', '--override', [CompletionResultType]::ParameterName, 'Go past a refusal; the reason is recorded')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait, such as 5m; default: what the workloads may take')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--no-rollback', '--no-rollback', [CompletionResultType]::ParameterName, 'When it fails, leave it to be looked at')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-status' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;kube-unlock' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--free', '--free', [CompletionResultType]::ParameterName, 'Free it, though its holder may still be at work')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;list' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Hidden tasks too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;load-test' {
            [CompletionResult]::new('--target-url', '--target-url', [CompletionResultType]::ParameterName, 'Load this URL instead')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long is measured; default: load-test.duration, else 10s')
            [CompletionResult]::new('--connections', '--connections', [CompletionResultType]::ParameterName, 'Connections at once; default: load-test.connections, else 50')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests per second, whether the answers keep up or not')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'The name of a protected environment, to say that it is meant')
            [CompletionResult]::new('--plot', '--plot', [CompletionResultType]::ParameterName, 'Draw latencies and rate into an SVG file')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'Write a summary in Markdown')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--save-baseline', '--save-baseline', [CompletionResultType]::ParameterName, 'Keep the figures as those to compare with (load-test.baseline)')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;new-service' {
            [CompletionResult]::new('--scaffold', '--scaffold', [CompletionResultType]::ParameterName, 'The scaffold: a name, a folder (with a slash), or git+https://HOST/REPO.git//FOLDER#TAG')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Answer a question of the scaffold')
            [CompletionResult]::new('--answers', '--answers', [CompletionResultType]::ParameterName, 'Take the answers of a TOML file; --set is stronger')
            [CompletionResult]::new('--trust', '--trust', [CompletionResultType]::ParameterName, 'Agree to the commands that the scaffold wants to run, by the hash that is shown with them')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'The folder of the new repo; default: ./NAME')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;promote' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Take exactly what runs in this environment')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image to run, instead of the one of HEAD''s commit')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'With --wait: for how long')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Yes, this protected environment is meant')
            [CompletionResult]::new('--override', '--override', [CompletionResultType]::ParameterName, 'Go past a refusal; the reason is recorded')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--rollback', '--rollback', [CompletionResultType]::ParameterName, 'Take the newest promotion back, by a commit that reverts it')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Watch the cluster until it runs what was committed, and check it then')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;redeploy' {
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'The services of this team; may be repeated')
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'This service; may be repeated')
            [CompletionResult]::new('--exclude-app', '--exclude-app', [CompletionResultType]::ParameterName, 'Not this service; may be repeated')
            [CompletionResult]::new('--max-parallel', '--max-parallel', [CompletionResultType]::ParameterName, 'How many services at once')
            [CompletionResult]::new('--max-failures', '--max-failures', [CompletionResultType]::ParameterName, 'After so many failures nothing more is begun')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Yes, this protected environment is meant')
            [CompletionResult]::new('--lock-timeout', '--lock-timeout', [CompletionResultType]::ParameterName, 'How long to wait for another deployment of the same service')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for each, such as 5m; default: what its deployment may take')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All services of the environment')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Apply the release that is recorded again, instead of a restart: what others changed goes back')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;run-local' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port to serve on, `auto` for a free one, `+N` to shift all ports; default: service.port')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'Run this command when the service is ready, then stop the service; its exit code is passed on. Takes the rest of the line')
            [CompletionResult]::new('--log-dir', '--log-dir', [CompletionResultType]::ParameterName, 'Write the lines of each service to a file in this folder, too')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--in-docker', '--in-docker', [CompletionResultType]::ParameterName, 'Run the built image in a container, and not the command')
            [CompletionResult]::new('--no-build', '--no-build', [CompletionResultType]::ParameterName, 'With --in-docker: take the image as it was built last')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'Run in the background')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until all is ready: with --detach before it returns, else for the run of this repo')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Tell whether the service runs here, and where')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Stop the run of this repo, and take away what a killed one left')
            [CompletionResult]::new('--no-prefix', '--no-prefix', [CompletionResultType]::ParameterName, 'Show lines without the name of their service')
            [CompletionResult]::new('--timestamps', '--timestamps', [CompletionResultType]::ParameterName, 'Show the time of each line')
            [CompletionResult]::new('--detached', '--detached', [CompletionResultType]::ParameterName, 'This is the run that --detach started')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;scaffold' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the scaffolds that can be named here')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a scaffold asks and generates')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Look for faults of a scaffold: unknown names, unused answers, rules that match nothing')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Generate with every two answers together, and hold a service with all parts to the contract: its tests, run-local, smoke-test, docker-build, kube-apply')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'instep;scaffold;list' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;scaffold;show' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;scaffold;lint' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;scaffold;test' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Begin with an older version of the scaffold, and update from that: a folder (with a slash) or a URL')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Deploy to this context of the kubeconfig; default: one whose cluster is on this machine')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Answer a question of the scaffold, where not all parts can be tried here (the image of a companion, say)')
            [CompletionResult]::new('--build-arg', '--build-arg', [CompletionResultType]::ParameterName, 'Set a build argument, such as the base image where public ones can''t be pulled')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All embedded scaffolds')
            [CompletionResult]::new('--quick', '--quick', [CompletionResultType]::ParameterName, 'Only generate, and update what was generated: nothing of the service is run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;scaffold;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the scaffolds that can be named here')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a scaffold asks and generates')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Look for faults of a scaffold: unknown names, unused answers, rules that match nothing')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Generate with every two answers together, and hold a service with all parts to the contract: its tests, run-local, smoke-test, docker-build, kube-apply')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'instep;scaffold;help;list' {
            break
        }
        'instep;scaffold;help;show' {
            break
        }
        'instep;scaffold;help;lint' {
            break
        }
        'instep;scaffold;help;test' {
            break
        }
        'instep;scaffold;help;help' {
            break
        }
        'instep;schema' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'The reference as a page in Markdown instead')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;secret' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a key; its value is asked for, or comes on stdin')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Which Secrets and keys are there, who reads them, and which nobody set')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'instep;secret;set' {
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Yes, this protected environment is meant')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;secret;list' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;secret;help' {
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a key; its value is asked for, or comes on stdin')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Which Secrets and keys are there, who reads them, and which nobody set')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'instep;secret;help;set' {
            break
        }
        'instep;secret;help;list' {
            break
        }
        'instep;secret;help;help' {
            break
        }
        'instep;smoke-test' {
            [CompletionResult]::new('--target-url', '--target-url', [CompletionResultType]::ParameterName, 'Check this URL instead; can be given several times')
            [CompletionResult]::new('--port-forward', '--port-forward', [CompletionResultType]::ParameterName, 'Reach the service in this environment through a port-forward, whatever its url')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Only this check and what it needs; can be given several times')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long the whole run may take; default: smoke-test.deadline, else 30s')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'Write a summary in Markdown')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Propose a check from what this URL answers, and check nothing')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;tour' {
            [CompletionResult]::new('--scaffold', '--scaffold', [CompletionResultType]::ParameterName, 'The scaffold; default: the first whose toolchain is here')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Deploy to this context of the kubeconfig; default: one whose cluster is on this machine')
            [CompletionResult]::new('--build-arg', '--build-arg', [CompletionResultType]::ParameterName, 'Set a build argument, such as the base image where public ones can''t be pulled')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;update' {
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Answer a question of the scaffold anew')
            [CompletionResult]::new('--scaffold', '--scaffold', [CompletionResultType]::ParameterName, 'The scaffold, when it is elsewhere now: a folder (with a slash) or a URL')
            [CompletionResult]::new('--fleet', '--fleet', [CompletionResultType]::ParameterName, 'Look at all generated services below a folder; with --apply, update those without conflicts')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--base', '--base', [CompletionResultType]::ParameterName, 'Fetch the bases that instep.toml extends, and pin them in instep.lock')
            [CompletionResult]::new('--apply', '--apply', [CompletionResultType]::ParameterName, 'Write the update into the work tree, conflicts with marks')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Only tell whether the repo is behind its scaffold: exit code 3 when it is')
            [CompletionResult]::new('--undo', '--undo', [CompletionResultType]::ParameterName, 'Take the last update of this checkout back')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;why' {
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Run as if started in this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always, never')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many tasks run at once; default: as many as there are processors')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was done as JUnit XML, too')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'In a workspace: this service only, instead of all')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable for what is run')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a key of instep.toml for this run')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, as a script that a person could run, and do nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more; twice: even more')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only results and errors')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer harmless questions with yes')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run tasks that are up to date too')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'After a failure, go on with what does not need the failed task')
            [CompletionResult]::new('--no-needs', '--no-needs', [CompletionResultType]::ParameterName, 'Only the command itself, not the tasks that it needs here')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run a task again whenever what it reads changes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'instep;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a part of the scaffold that the repo did not take at first')
            [CompletionResult]::new('adopt', 'adopt', [CompletionResultType]::ParameterValue, 'Propose an instep.toml for a repo that was not generated')
            [CompletionResult]::new('ci', 'ci', [CompletionResultType]::ParameterValue, 'Run what a pipeline runs: works out from the event what to build, test and deploy')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the script that completes instep''s words in a shell')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the merged configuration, each value with where it was written')
            [CompletionResult]::new('docker-build', 'docker-build', [CompletionResultType]::ParameterValue, 'Build the images of the repo, and push them with --push')
            [CompletionResult]::new('docker-push', 'docker-push', [CompletionResultType]::ParameterValue, 'Push the images that are built')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Tell what this repo needs, whether it is there, and the cure where it is not')
            [CompletionResult]::new('fleet', 'fleet', [CompletionResultType]::ParameterValue, 'Look at many services at once, or run a command in many checkouts')
            [CompletionResult]::new('job', 'job', [CompletionResultType]::ParameterValue, 'Run a job of the service in the cluster, list its runs, show what one wrote')
            [CompletionResult]::new('kube-apply', 'kube-apply', [CompletionResultType]::ParameterValue, 'Deploy to an environment: apply, wait until it serves, take it back if it fails')
            [CompletionResult]::new('kube-delete', 'kube-delete', [CompletionResultType]::ParameterValue, 'Delete everything that releases of this service made in an environment')
            [CompletionResult]::new('kube-deploy', 'kube-deploy', [CompletionResultType]::ParameterValue, 'Roll out only a new image; no configuration is applied')
            [CompletionResult]::new('kube-diff', 'kube-diff', [CompletionResultType]::ParameterValue, 'Tell what kube-apply would change, or with --drift what others changed')
            [CompletionResult]::new('kube-history', 'kube-history', [CompletionResultType]::ParameterValue, 'List the releases in an environment')
            [CompletionResult]::new('kube-logs', 'kube-logs', [CompletionResultType]::ParameterValue, 'Show what the pods write')
            [CompletionResult]::new('kube-render', 'kube-render', [CompletionResultType]::ParameterValue, 'Print the Kubernetes manifests of an environment, or write them to a folder')
            [CompletionResult]::new('kube-rollback', 'kube-rollback', [CompletionResultType]::ParameterValue, 'Put an earlier release back')
            [CompletionResult]::new('kube-status', 'kube-status', [CompletionResultType]::ParameterValue, 'Show the newest release in an environment, and what runs of it')
            [CompletionResult]::new('kube-unlock', 'kube-unlock', [CompletionResultType]::ParameterValue, 'Show who holds the lock of a deployment, and free it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the repo''s tasks and the built-in commands')
            [CompletionResult]::new('load-test', 'load-test', [CompletionResultType]::ParameterValue, 'Load a running service for a short time, and hold the figures against thresholds')
            [CompletionResult]::new('new-service', 'new-service', [CompletionResultType]::ParameterValue, 'Make a new repo from a scaffold')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Deploy by a commit to the platform repo, or a pull request there')
            [CompletionResult]::new('redeploy', 'redeploy', [CompletionResultType]::ParameterValue, 'Restart many services, or apply their releases again')
            [CompletionResult]::new('run-local', 'run-local', [CompletionResultType]::ParameterValue, 'Start the service on this machine; Ctrl-C stops everything')
            [CompletionResult]::new('scaffold', 'scaffold', [CompletionResultType]::ParameterValue, 'List, show, lint and test scaffolds')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of instep.toml')
            [CompletionResult]::new('secret', 'secret', [CompletionResultType]::ParameterValue, 'Set a key of a Secret, or list which are there, wanted and read')
            [CompletionResult]::new('smoke-test', 'smoke-test', [CompletionResultType]::ParameterValue, 'Check a running service: TARGET_URL, an environment, or the local run')
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Show the whole way of a service, each command printed before it runs')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Bring the repo to the newest version of its scaffold; with --base: of its bases')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Tell why a task would run, or not')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'instep;help;add' {
            break
        }
        'instep;help;adopt' {
            break
        }
        'instep;help;ci' {
            break
        }
        'instep;help;completions' {
            break
        }
        'instep;help;config' {
            break
        }
        'instep;help;docker-build' {
            break
        }
        'instep;help;docker-push' {
            break
        }
        'instep;help;doctor' {
            break
        }
        'instep;help;fleet' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'What runs of every service in an environment, how it is, and what it takes of the cluster')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in many checkouts')
            break
        }
        'instep;help;fleet;status' {
            break
        }
        'instep;help;fleet;run' {
            break
        }
        'instep;help;job' {
            break
        }
        'instep;help;kube-apply' {
            break
        }
        'instep;help;kube-delete' {
            break
        }
        'instep;help;kube-deploy' {
            break
        }
        'instep;help;kube-diff' {
            break
        }
        'instep;help;kube-history' {
            break
        }
        'instep;help;kube-logs' {
            break
        }
        'instep;help;kube-render' {
            break
        }
        'instep;help;kube-rollback' {
            break
        }
        'instep;help;kube-status' {
            break
        }
        'instep;help;kube-unlock' {
            break
        }
        'instep;help;list' {
            break
        }
        'instep;help;load-test' {
            break
        }
        'instep;help;new-service' {
            break
        }
        'instep;help;promote' {
            break
        }
        'instep;help;redeploy' {
            break
        }
        'instep;help;run-local' {
            break
        }
        'instep;help;scaffold' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the scaffolds that can be named here')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a scaffold asks and generates')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Look for faults of a scaffold: unknown names, unused answers, rules that match nothing')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Generate with every two answers together, and hold a service with all parts to the contract: its tests, run-local, smoke-test, docker-build, kube-apply')
            break
        }
        'instep;help;scaffold;list' {
            break
        }
        'instep;help;scaffold;show' {
            break
        }
        'instep;help;scaffold;lint' {
            break
        }
        'instep;help;scaffold;test' {
            break
        }
        'instep;help;schema' {
            break
        }
        'instep;help;secret' {
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a key; its value is asked for, or comes on stdin')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Which Secrets and keys are there, who reads them, and which nobody set')
            break
        }
        'instep;help;secret;set' {
            break
        }
        'instep;help;secret;list' {
            break
        }
        'instep;help;smoke-test' {
            break
        }
        'instep;help;tour' {
            break
        }
        'instep;help;update' {
            break
        }
        'instep;help;why' {
            break
        }
        'instep;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
