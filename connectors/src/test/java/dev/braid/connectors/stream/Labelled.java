package dev.braid.connectors.stream;

import java.util.List;

/** Files of which all is found but the label. */
final class Labelled {
  private Labelled() {}

  static TableColumns columns(final String label) {
    return new TableColumns(label, List.of(), List.of(), List.of());
  }

  static StreamOptions options(final String label) {
    return new StreamOptions(null, TableFormat.FOUND, columns(label));
  }
}
