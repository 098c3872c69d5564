# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_instep_global_optspecs
    string join \n C= output= dry-run v/verbose q/quiet yes color= jobs= force keep-going junit= no-needs watch service= e/env= config= h/help V/version
end

function __fish_instep_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_instep_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_instep_using_subcommand
    set -l cmd (__fish_instep_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c instep -n "__fish_instep_needs_command" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_needs_command" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_needs_command" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_needs_command" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_needs_command" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_needs_command" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_needs_command" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_needs_command" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_needs_command" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_needs_command" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_needs_command" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_needs_command" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_needs_command" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_needs_command" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_needs_command" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_needs_command" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_needs_command" -s V -l version -d 'Print version'
complete -c instep -n "__fish_instep_needs_command" -f -a "add" -d 'Add a part of the scaffold that the repo did not take at first'
complete -c instep -n "__fish_instep_needs_command" -f -a "adopt" -d 'Propose an instep.toml for a repo that was not generated'
complete -c instep -n "__fish_instep_needs_command" -f -a "ci" -d 'Run what a pipeline runs: works out from the event what to build, test and deploy'
complete -c instep -n "__fish_instep_needs_command" -f -a "completions" -d 'Print the script that completes instep\'s words in a shell'
complete -c instep -n "__fish_instep_needs_command" -f -a "config" -d 'Print the merged configuration, each value with where it was written'
complete -c instep -n "__fish_instep_needs_command" -f -a "docker-build" -d 'Build the images of the repo, and push them with --push'
complete -c instep -n "__fish_instep_needs_command" -f -a "docker-push" -d 'Push the images that are built'
complete -c instep -n "__fish_instep_needs_command" -f -a "doctor" -d 'Tell what this repo needs, whether it is there, and the cure where it is not'
complete -c instep -n "__fish_instep_needs_command" -f -a "fleet" -d 'Look at many services at once, or run a command in many checkouts'
complete -c instep -n "__fish_instep_needs_command" -f -a "job" -d 'Run a job of the service in the cluster, list its runs, show what one wrote'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-apply" -d 'Deploy to an environment: apply, wait until it serves, take it back if it fails'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-delete" -d 'Delete everything that releases of this service made in an environment'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-deploy" -d 'Roll out only a new image; no configuration is applied'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-diff" -d 'Tell what kube-apply would change, or with --drift what others changed'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-history" -d 'List the releases in an environment'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-logs" -d 'Show what the pods write'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-render" -d 'Print the Kubernetes manifests of an environment, or write them to a folder'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-rollback" -d 'Put an earlier release back'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-status" -d 'Show the newest release in an environment, and what runs of it'
complete -c instep -n "__fish_instep_needs_command" -f -a "kube-unlock" -d 'Show who holds the lock of a deployment, and free it'
complete -c instep -n "__fish_instep_needs_command" -f -a "list" -d 'List the repo\'s tasks and the built-in commands'
complete -c instep -n "__fish_instep_needs_command" -f -a "load-test" -d 'Load a running service for a short time, and hold the figures against thresholds'
complete -c instep -n "__fish_instep_needs_command" -f -a "new-service" -d 'Make a new repo from a scaffold'
complete -c instep -n "__fish_instep_needs_command" -f -a "promote" -d 'Deploy by a commit to the platform repo, or a pull request there'
complete -c instep -n "__fish_instep_needs_command" -f -a "redeploy" -d 'Restart many services, or apply their releases again'
complete -c instep -n "__fish_instep_needs_command" -f -a "run-local" -d 'Start the service on this machine; Ctrl-C stops everything'
complete -c instep -n "__fish_instep_needs_command" -f -a "scaffold" -d 'List, show, lint and test scaffolds'
complete -c instep -n "__fish_instep_needs_command" -f -a "schema" -d 'Print the JSON Schema of instep.toml'
complete -c instep -n "__fish_instep_needs_command" -f -a "secret" -d 'Set a key of a Secret, or list which are there, wanted and read'
complete -c instep -n "__fish_instep_needs_command" -f -a "smoke-test" -d 'Check a running service: TARGET_URL, an environment, or the local run'
complete -c instep -n "__fish_instep_needs_command" -f -a "tour" -d 'Show the whole way of a service, each command printed before it runs'
complete -c instep -n "__fish_instep_needs_command" -f -a "update" -d 'Bring the repo to the newest version of its scaffold; with --base: of its bases'
complete -c instep -n "__fish_instep_needs_command" -f -a "why" -d 'Tell why a task would run, or not'
complete -c instep -n "__fish_instep_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c instep -n "__fish_instep_using_subcommand add" -l set -d 'Answer a question of the scaffold anew' -r
complete -c instep -n "__fish_instep_using_subcommand add" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand add" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand add" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand add" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand add" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand add" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand add" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand add" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand add" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand add" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand add" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand add" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand add" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand add" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand add" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand add" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand adopt" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand adopt" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand adopt" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand adopt" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand adopt" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand adopt" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand adopt" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand adopt" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand adopt" -l makefile-shim -d 'Leave a Makefile whose targets call instep; the one that is there becomes Makefile.old'
complete -c instep -n "__fish_instep_using_subcommand adopt" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand adopt" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand adopt" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand adopt" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand adopt" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand adopt" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand adopt" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand adopt" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand adopt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand ci" -l event -d 'As if this had happened: branch=NAME, tag=NAME, commit, pull-request, or fork' -r
complete -c instep -n "__fish_instep_using_subcommand ci" -l since -d 'In a workspace: the services that changed since this commit' -r
complete -c instep -n "__fish_instep_using_subcommand ci" -l print -d 'Print the file that makes a CI system call `instep ci`, or the script that gets the pinned instep' -r -f -a "github\t'.github/workflows/ci.yaml'
gitlab\t'.gitlab-ci.yml'
jenkins\t'Jenkinsfile'
travis\t'.travis.yml'
wrapper\t'instepw: a script that gets the pinned instep, by its checksum'"
complete -c instep -n "__fish_instep_using_subcommand ci" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand ci" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand ci" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand ci" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand ci" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand ci" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand ci" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand ci" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand ci" -l plan -d 'Print what would run, and why, and run nothing'
complete -c instep -n "__fish_instep_using_subcommand ci" -l all -d 'In a workspace: every service, not only those that changed'
complete -c instep -n "__fish_instep_using_subcommand ci" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand ci" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand ci" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand ci" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand ci" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand ci" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand ci" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand ci" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand ci" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand completions" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand completions" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand completions" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand completions" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand completions" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand completions" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand completions" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand completions" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand completions" -l static -d 'A file that knows the built-in commands only, for packages'
complete -c instep -n "__fish_instep_using_subcommand completions" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand completions" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand completions" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand completions" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand completions" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand completions" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand completions" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand completions" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand config" -l environment -d 'As it holds in this environment' -r
complete -c instep -n "__fish_instep_using_subcommand config" -l explain -d 'Every layer that has a say about a key or a variable, strongest first: the first one wins' -r
complete -c instep -n "__fish_instep_using_subcommand config" -l for -d 'With --explain: whose variable; a task, a workload, run-local or kube' -r
complete -c instep -n "__fish_instep_using_subcommand config" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand config" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand config" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand config" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand config" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand config" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand config" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand config" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand config" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand config" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand config" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand config" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand config" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand config" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand config" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand config" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l build-arg -d 'Set a build argument, over those of instep.toml' -r
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l network -d 'The network of the build\'s containers, such as host' -r
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l host -d 'The engine to use, over DOCKER_HOST and the docker context: unix:///PATH, tcp://HOST:PORT, ssh://HOST' -r
complete -c instep -n "__fish_instep_using_subcommand docker-build" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand docker-build" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l push -d 'Push the images too'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l force -d 'Build also when nothing changed'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l no-cache -d 'Use nothing of earlier builds'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand docker-build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l host -d 'The engine to use, over DOCKER_HOST and the docker context: unix:///PATH, tcp://HOST:PORT, ssh://HOST' -r
complete -c instep -n "__fish_instep_using_subcommand docker-push" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand docker-push" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand docker-push" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand doctor" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand doctor" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand doctor" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand doctor" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand doctor" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand doctor" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand doctor" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand doctor" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand doctor" -l write -d 'Write the version and the uid of every cluster into instep.toml, where they are not written'
complete -c instep -n "__fish_instep_using_subcommand doctor" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand doctor" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand doctor" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand doctor" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand doctor" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand doctor" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand doctor" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand doctor" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -f -a "status" -d 'What runs of every service in an environment, how it is, and what it takes of the cluster'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -f -a "run" -d 'Run a command in many checkouts'
complete -c instep -n "__fish_instep_using_subcommand fleet; and not __fish_seen_subcommand_from status run help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l team -d 'The services of this team; may be repeated' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l app -d 'This service; may be repeated' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l dir -d 'The folder below which the checkouts are' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l list -d 'A file with the folder of a checkout on each line, instead of all below a folder' -r -F
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l max-parallel -d 'How many at once' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l max-failures -d 'After so many failures nothing more is begun; default: all are run' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from help" -f -a "status" -d 'What runs of every service in an environment, how it is, and what it takes of the cluster'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from help" -f -a "run" -d 'Run a command in many checkouts'
complete -c instep -n "__fish_instep_using_subcommand fleet; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c instep -n "__fish_instep_using_subcommand job" -l image -d 'The image to run, instead of the one that serves there' -r
complete -c instep -n "__fish_instep_using_subcommand job" -l artifacts -d 'The folder for the files that the run brings back; default: in .instep/state/artifacts' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand job" -l set -d 'Set a variable of the job: backup-id=123 is BACKUP_ID' -r
complete -c instep -n "__fish_instep_using_subcommand job" -l confirm -d 'Yes, this protected environment is meant' -r
complete -c instep -n "__fish_instep_using_subcommand job" -l list -d 'List the runs in an environment' -r
complete -c instep -n "__fish_instep_using_subcommand job" -l logs -d 'Show what a run wrote; one that still runs is followed' -r
complete -c instep -n "__fish_instep_using_subcommand job" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand job" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand job" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand job" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand job" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand job" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand job" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand job" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand job" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand job" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand job" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand job" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand job" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand job" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand job" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand job" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand job" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l image -d 'The image to run, instead of the one of HEAD\'s commit' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l confirm -d 'Yes, this protected environment is meant' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l lock-timeout -d 'How long to wait for another deployment of the same' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l override -d 'Go past a refusal; the reason is recorded' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l timeout -d 'How long to wait, such as 5m; default: what the workloads may take' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l force-conflicts -d 'Take fields over that somebody else changed'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l no-rollback -d 'When it fails, leave it to be looked at'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l confirm -d 'Yes, this environment is meant' -r
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l claims -d 'Claims too, and the data that they hold'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l image -d 'The image to run, instead of the one of HEAD\'s commit' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l confirm -d 'Yes, this protected environment is meant' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l lock-timeout -d 'How long to wait for another deployment of the same' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l override -d 'Go past a refusal; the reason is recorded' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l timeout -d 'How long to wait, such as 5m; default: what the workloads may take' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l force-conflicts -d 'Take fields over that somebody else changed'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l no-rollback -d 'When it fails, leave it to be looked at'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-deploy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l image -d 'The image, instead of the one of HEAD\'s commit' -r
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l drift -d 'What others changed in the cluster since the last release'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-history" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l since -d 'Only what is younger, such as 5m' -r
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l tail -d 'At most this many lines of each container' -r
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -s f -l follow -d 'Go on as more is written; new pods join'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l previous -d 'Of the containers\' run before this one'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l image -d 'The image to name, instead of the one that this version has' -r
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l output-dir -d 'Write a file per object into this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-render" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-render" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l eject -d 'Make the manifests the repo\'s own: write them to k8s/ENV, and name them in instep.toml'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-render" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l to -d 'The revision, as kube-history lists it; default: the one before the release that serves' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l confirm -d 'Yes, this protected environment is meant' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l lock-timeout -d 'How long to wait for another deployment of the same' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l override -d 'Go past a refusal; the reason is recorded' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l timeout -d 'How long to wait, such as 5m; default: what the workloads may take' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l no-rollback -d 'When it fails, leave it to be looked at'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-status" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l free -d 'Free it, though its holder may still be at work'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand kube-unlock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand list" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand list" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand list" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand list" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand list" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand list" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand list" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand list" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand list" -l all -d 'Hidden tasks too'
complete -c instep -n "__fish_instep_using_subcommand list" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand list" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand list" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand list" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand list" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand list" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand list" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand list" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand load-test" -l target-url -d 'Load this URL instead' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -l duration -d 'How long is measured; default: load-test.duration, else 10s' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -l connections -d 'Connections at once; default: load-test.connections, else 50' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -l rate -d 'Requests per second, whether the answers keep up or not' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -l confirm -d 'The name of a protected environment, to say that it is meant' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -l plot -d 'Draw latencies and rate into an SVG file' -r -F
complete -c instep -n "__fish_instep_using_subcommand load-test" -l summary -d 'Write a summary in Markdown' -r -F
complete -c instep -n "__fish_instep_using_subcommand load-test" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand load-test" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand load-test" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand load-test" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand load-test" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand load-test" -l save-baseline -d 'Keep the figures as those to compare with (load-test.baseline)'
complete -c instep -n "__fish_instep_using_subcommand load-test" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand load-test" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand load-test" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand load-test" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand load-test" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand load-test" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand load-test" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand load-test" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand load-test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand new-service" -l scaffold -d 'The scaffold: a name, a folder (with a slash), or git+https://HOST/REPO.git//FOLDER#TAG' -r
complete -c instep -n "__fish_instep_using_subcommand new-service" -l set -d 'Answer a question of the scaffold' -r
complete -c instep -n "__fish_instep_using_subcommand new-service" -l answers -d 'Take the answers of a TOML file; --set is stronger' -r -F
complete -c instep -n "__fish_instep_using_subcommand new-service" -l trust -d 'Agree to the commands that the scaffold wants to run, by the hash that is shown with them' -r
complete -c instep -n "__fish_instep_using_subcommand new-service" -l dir -d 'The folder of the new repo; default: ./NAME' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand new-service" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand new-service" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand new-service" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand new-service" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand new-service" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand new-service" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand new-service" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand new-service" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand new-service" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand new-service" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand new-service" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand new-service" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand new-service" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand new-service" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand new-service" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand new-service" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand new-service" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand promote" -l from -d 'Take exactly what runs in this environment' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -l image -d 'The image to run, instead of the one of HEAD\'s commit' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -l timeout -d 'With --wait: for how long' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -l confirm -d 'Yes, this protected environment is meant' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -l override -d 'Go past a refusal; the reason is recorded' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand promote" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand promote" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand promote" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand promote" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand promote" -l rollback -d 'Take the newest promotion back, by a commit that reverts it'
complete -c instep -n "__fish_instep_using_subcommand promote" -l wait -d 'Watch the cluster until it runs what was committed, and check it then'
complete -c instep -n "__fish_instep_using_subcommand promote" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand promote" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand promote" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand promote" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand promote" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand promote" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand promote" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand promote" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l team -d 'The services of this team; may be repeated' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l app -d 'This service; may be repeated' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l exclude-app -d 'Not this service; may be repeated' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l max-parallel -d 'How many services at once' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l max-failures -d 'After so many failures nothing more is begun' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l confirm -d 'Yes, this protected environment is meant' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l lock-timeout -d 'How long to wait for another deployment of the same service' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l timeout -d 'How long to wait for each, such as 5m; default: what its deployment may take' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l all -d 'All services of the environment'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l refresh -d 'Apply the release that is recorded again, instead of a restart: what others changed goes back'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand redeploy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l port -d 'The port to serve on, `auto` for a free one, `+N` to shift all ports; default: service.port' -r
complete -c instep -n "__fish_instep_using_subcommand run-local" -l exec -d 'Run this command when the service is ready, then stop the service; its exit code is passed on. Takes the rest of the line' -r
complete -c instep -n "__fish_instep_using_subcommand run-local" -l log-dir -d 'Write the lines of each service to a file in this folder, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand run-local" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand run-local" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand run-local" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand run-local" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand run-local" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand run-local" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand run-local" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand run-local" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand run-local" -l in-docker -d 'Run the built image in a container, and not the command'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l no-build -d 'With --in-docker: take the image as it was built last'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l detach -d 'Run in the background'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l wait -d 'Wait until all is ready: with --detach before it returns, else for the run of this repo'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l status -d 'Tell whether the service runs here, and where'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l stop -d 'Stop the run of this repo, and take away what a killed one left'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l no-prefix -d 'Show lines without the name of their service'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l timestamps -d 'Show the time of each line'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l detached -d 'This is the run that --detach started'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand run-local" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand run-local" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand run-local" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand run-local" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -f -a "list" -d 'List the scaffolds that can be named here'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -f -a "show" -d 'Show what a scaffold asks and generates'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -f -a "lint" -d 'Look for faults of a scaffold: unknown names, unused answers, rules that match nothing'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -f -a "test" -d 'Generate with every two answers together, and hold a service with all parts to the contract: its tests, run-local, smoke-test, docker-build, kube-apply'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and not __fish_seen_subcommand_from list show lint test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l since -d 'Begin with an older version of the scaffold, and update from that: a folder (with a slash) or a URL' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l context -d 'Deploy to this context of the kubeconfig; default: one whose cluster is on this machine' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l set -d 'Answer a question of the scaffold, where not all parts can be tried here (the image of a companion, say)' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l build-arg -d 'Set a build argument, such as the base image where public ones can\'t be pulled' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l all -d 'All embedded scaffolds'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l quick -d 'Only generate, and update what was generated: nothing of the service is run'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the scaffolds that can be named here'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what a scaffold asks and generates'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from help" -f -a "lint" -d 'Look for faults of a scaffold: unknown names, unused answers, rules that match nothing'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from help" -f -a "test" -d 'Generate with every two answers together, and hold a service with all parts to the contract: its tests, run-local, smoke-test, docker-build, kube-apply'
complete -c instep -n "__fish_instep_using_subcommand scaffold; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c instep -n "__fish_instep_using_subcommand schema" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand schema" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand schema" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand schema" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand schema" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand schema" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand schema" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand schema" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand schema" -l markdown -d 'The reference as a page in Markdown instead'
complete -c instep -n "__fish_instep_using_subcommand schema" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand schema" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand schema" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand schema" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand schema" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand schema" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand schema" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand schema" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -f -a "set" -d 'Set a key; its value is asked for, or comes on stdin'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -f -a "list" -d 'Which Secrets and keys are there, who reads them, and which nobody set'
complete -c instep -n "__fish_instep_using_subcommand secret; and not __fish_seen_subcommand_from set list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l confirm -d 'Yes, this protected environment is meant' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from help" -f -a "set" -d 'Set a key; its value is asked for, or comes on stdin'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from help" -f -a "list" -d 'Which Secrets and keys are there, who reads them, and which nobody set'
complete -c instep -n "__fish_instep_using_subcommand secret; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l target-url -d 'Check this URL instead; can be given several times' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l port-forward -d 'Reach the service in this environment through a port-forward, whatever its url' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l check -d 'Only this check and what it needs; can be given several times' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l deadline -d 'How long the whole run may take; default: smoke-test.deadline, else 30s' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l summary -d 'Write a summary in Markdown' -r -F
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l record -d 'Propose a check from what this URL answers, and check nothing' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand smoke-test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand tour" -l scaffold -d 'The scaffold; default: the first whose toolchain is here' -r
complete -c instep -n "__fish_instep_using_subcommand tour" -l context -d 'Deploy to this context of the kubeconfig; default: one whose cluster is on this machine' -r
complete -c instep -n "__fish_instep_using_subcommand tour" -l build-arg -d 'Set a build argument, such as the base image where public ones can\'t be pulled' -r
complete -c instep -n "__fish_instep_using_subcommand tour" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand tour" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand tour" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand tour" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand tour" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand tour" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand tour" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand tour" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand tour" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand tour" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand tour" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand tour" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand tour" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand tour" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand tour" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand tour" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand tour" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand update" -l set -d 'Answer a question of the scaffold anew' -r
complete -c instep -n "__fish_instep_using_subcommand update" -l scaffold -d 'The scaffold, when it is elsewhere now: a folder (with a slash) or a URL' -r
complete -c instep -n "__fish_instep_using_subcommand update" -l fleet -d 'Look at all generated services below a folder; with --apply, update those without conflicts' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand update" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand update" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand update" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand update" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand update" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand update" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand update" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand update" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand update" -l base -d 'Fetch the bases that instep.toml extends, and pin them in instep.lock'
complete -c instep -n "__fish_instep_using_subcommand update" -l apply -d 'Write the update into the work tree, conflicts with marks'
complete -c instep -n "__fish_instep_using_subcommand update" -l check -d 'Only tell whether the repo is behind its scaffold: exit code 3 when it is'
complete -c instep -n "__fish_instep_using_subcommand update" -l undo -d 'Take the last update of this checkout back'
complete -c instep -n "__fish_instep_using_subcommand update" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand update" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand update" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand update" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand update" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand update" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand update" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand update" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand why" -s C -d 'Run as if started in this folder' -r -f -a "(__fish_complete_directories)"
complete -c instep -n "__fish_instep_using_subcommand why" -l output -d 'How results are printed' -r -f -a "human\t'For people'
json\t'One JSON document'"
complete -c instep -n "__fish_instep_using_subcommand why" -l color -d 'When to colour: auto, always, never' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c instep -n "__fish_instep_using_subcommand why" -l jobs -d 'How many tasks run at once; default: as many as there are processors' -r
complete -c instep -n "__fish_instep_using_subcommand why" -l junit -d 'Write what was done as JUnit XML, too' -r -F
complete -c instep -n "__fish_instep_using_subcommand why" -l service -d 'In a workspace: this service only, instead of all' -r
complete -c instep -n "__fish_instep_using_subcommand why" -s e -l env -d 'Set an environment variable for what is run' -r
complete -c instep -n "__fish_instep_using_subcommand why" -l config -d 'Set a key of instep.toml for this run' -r
complete -c instep -n "__fish_instep_using_subcommand why" -l dry-run -d 'Print what would be done, as a script that a person could run, and do nothing'
complete -c instep -n "__fish_instep_using_subcommand why" -s v -l verbose -d 'Say more; twice: even more'
complete -c instep -n "__fish_instep_using_subcommand why" -s q -l quiet -d 'Only results and errors'
complete -c instep -n "__fish_instep_using_subcommand why" -l yes -d 'Answer harmless questions with yes'
complete -c instep -n "__fish_instep_using_subcommand why" -l force -d 'Run tasks that are up to date too'
complete -c instep -n "__fish_instep_using_subcommand why" -l keep-going -d 'After a failure, go on with what does not need the failed task'
complete -c instep -n "__fish_instep_using_subcommand why" -l no-needs -d 'Only the command itself, not the tasks that it needs here'
complete -c instep -n "__fish_instep_using_subcommand why" -l watch -d 'Run a task again whenever what it reads changes'
complete -c instep -n "__fish_instep_using_subcommand why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "add" -d 'Add a part of the scaffold that the repo did not take at first'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "adopt" -d 'Propose an instep.toml for a repo that was not generated'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "ci" -d 'Run what a pipeline runs: works out from the event what to build, test and deploy'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "completions" -d 'Print the script that completes instep\'s words in a shell'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "config" -d 'Print the merged configuration, each value with where it was written'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "docker-build" -d 'Build the images of the repo, and push them with --push'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "docker-push" -d 'Push the images that are built'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "doctor" -d 'Tell what this repo needs, whether it is there, and the cure where it is not'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "fleet" -d 'Look at many services at once, or run a command in many checkouts'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "job" -d 'Run a job of the service in the cluster, list its runs, show what one wrote'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-apply" -d 'Deploy to an environment: apply, wait until it serves, take it back if it fails'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-delete" -d 'Delete everything that releases of this service made in an environment'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-deploy" -d 'Roll out only a new image; no configuration is applied'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-diff" -d 'Tell what kube-apply would change, or with --drift what others changed'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-history" -d 'List the releases in an environment'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-logs" -d 'Show what the pods write'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-render" -d 'Print the Kubernetes manifests of an environment, or write them to a folder'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-rollback" -d 'Put an earlier release back'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-status" -d 'Show the newest release in an environment, and what runs of it'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "kube-unlock" -d 'Show who holds the lock of a deployment, and free it'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "list" -d 'List the repo\'s tasks and the built-in commands'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "load-test" -d 'Load a running service for a short time, and hold the figures against thresholds'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "new-service" -d 'Make a new repo from a scaffold'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "promote" -d 'Deploy by a commit to the platform repo, or a pull request there'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "redeploy" -d 'Restart many services, or apply their releases again'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "run-local" -d 'Start the service on this machine; Ctrl-C stops everything'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "scaffold" -d 'List, show, lint and test scaffolds'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "schema" -d 'Print the JSON Schema of instep.toml'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "secret" -d 'Set a key of a Secret, or list which are there, wanted and read'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "smoke-test" -d 'Check a running service: TARGET_URL, an environment, or the local run'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "tour" -d 'Show the whole way of a service, each command printed before it runs'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "update" -d 'Bring the repo to the newest version of its scaffold; with --base: of its bases'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "why" -d 'Tell why a task would run, or not'
complete -c instep -n "__fish_instep_using_subcommand help; and not __fish_seen_subcommand_from add adopt ci completions config docker-build docker-push doctor fleet job kube-apply kube-delete kube-deploy kube-diff kube-history kube-logs kube-render kube-rollback kube-status kube-unlock list load-test new-service promote redeploy run-local scaffold schema secret smoke-test tour update why help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c instep -n "__fish_instep_using_subcommand help; and __fish_seen_subcommand_from fleet" -f -a "status" -d 'What runs of every service in an environment, how it is, and what it takes of the cluster'
complete -c instep -n "__fish_instep_using_subcommand help; and __fish_seen_subcommand_from fleet" -f -a "run" -d 'Run a command in many checkouts'
complete -c instep -n "__fish_instep_using_subcommand help; and __fish_seen_subcommand_from scaffold" -f -a "list" -d 'List the scaffolds that can be named here'
complete -c instep -n "__fish_instep_using_subcommand help; and __fish_seen_subcommand_from scaffold" -f -a "show" -d 'Show what a scaffold asks and generates'
complete -c instep -n "__fish_instep_using_subcommand help; and __fish_seen_subcommand_from scaffold" -f -a "lint" -d 'Look for faults of a scaffold: unknown names, unused answers, rules that match nothing'
complete -c instep -n "__fish_instep_using_subcommand help; and __fish_seen_subcommand_from scaffold" -f -a "test" -d 'Generate with every two answers together, and hold a service with all parts to the contract: its tests, run-local, smoke-test, docker-build, kube-apply'
complete -c instep -n "__fish_instep_using_subcommand help; and __fish_seen_subcommand_from secret" -f -a "set" -d 'Set a key; its value is asked for, or comes on stdin'
complete -c instep -n "__fish_instep_using_subcommand help; and __fish_seen_subcommand_from secret" -f -a "list" -d 'Which Secrets and keys are there, who reads them, and which nobody set'
