package dev.braid.spec;

import java.util.List;

/** An entry whose name, description and options are given when it is made. */
public abstract class Described implements Entry {
  private final String name;
  private final String description;
  private final List<Option> options;

  /**
   * @param name as users write it
   * @param description one sentence on what it is
   */
  protected Described(final String name, final String description, final List<Option> options) {
    this.name = name;
    this.description = description;
    this.options = List.copyOf(options);
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public final List<Option> options() {
    return options;
  }
}
