package dev.braid.jobs.cli;

/** A command that takes a job's configuration; its options are made from the table of keys. */
public interface ConfiguredCommand extends BraidCommand {

  /** The options; the same object at each call. */
  ConfigOptions configuration();
}
