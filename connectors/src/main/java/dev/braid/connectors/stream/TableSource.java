package dev.braid.connectors.stream;

import dev.braid.data.InstanceSource;

/** A source that reads a table from a file. */
interface TableSource extends InstanceSource {

  /** How the file is understood, in one line for the user. */
  String understood();
}
