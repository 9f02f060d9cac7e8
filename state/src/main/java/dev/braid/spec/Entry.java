package dev.braid.spec;

import java.util.List;

/** One kind in a {@link Registry}. Reference pages and contract tests are made from these. */
public interface Entry {

  /** Unique in its registry: lower case letters, digits and hyphens, a letter first. */
  String name();

  /** One sentence on what it is. */
  String description();

  /**
   * Its options. A value that is given without a name belongs to the option at that place in this
   * list.
   */
  List<Option> options();
}
