package dev.braid.jobs.cli;

import java.util.concurrent.Callable;

/**
 * A command of {@code ./braid}: a picocli command, found by the service loader. It returns its exit
 * code: 0 on success, and fails by an exception whose message is one sentence for people: {@link
 * UsageException} where the arguments are wrong, any other where the work failed.
 */
public interface BraidCommand extends Callable<Integer> {}
