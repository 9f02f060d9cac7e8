package dev.braid.connectors.format;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.HashSet;
import java.util.Set;

/** The option that names what is no feature, of formats in which a record may hold anything. */
final class Ignored {
  static final Option OPTION =
      new Option(
          "ignore",
          "",
          "What is no feature, though the record has it: names separated by commas, nested ones as"
              + " `a.b`; all that lies below one is left out too.");

  private Ignored() {}

  /** The names that an option gives. */
  static Set<String> of(final Options options) {
    final Set<String> names = new HashSet<>();
    final String text = options.text(OPTION.name());
    for (final String name : text.isBlank() ? new String[0] : text.split(",", -1)) {
      if (name.isBlank() || !names.add(name.strip())) {
        throw options.bad(OPTION.name(), "different names separated by commas");
      }
    }
    return Set.copyOf(names);
  }
}
