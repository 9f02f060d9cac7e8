package dev.braid.experts.moe.spec;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Plugin;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.spec.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The text of {@link LayerSpec#below}: a depth, and what lower layers have of their own. */
final class LayersBelow {
  private static final int MOST = 16;

  static final Option OPTION =
      new Option(
          "depth",
          "1",
          "Layers one behind another, 1 to 16, each but the last adding to a row's numbers; in"
              + " parentheses the gate, expert and combine of those below the last, where they are"
              + " not as its own: once, or for each with semicolons between them, the lowest"
              + " first.");

  private LayersBelow() {}

  /**
   * Reads the layers below one; what they do not say is as there.
   *
   * @throws IllegalArgumentException with one sentence
   */
  static List<LayerSpec> parse(final Options options, final LayerSpec last) {
    final String text = options.text(OPTION.name()).strip();
    final int open = text.indexOf('(');
    final int count = depth(open < 0 ? text : text.substring(0, open).strip(), options) - 1;
    if (open >= 0 && !text.endsWith(")")) {
      throw new IllegalArgumentException("'" + text + "' lacks a closing parenthesis at its end");
    }
    final List<String> own =
        Term.split(open < 0 ? "" : text.substring(open + 1, text.length() - 1), ';');
    if ((own.size() > 1 && own.size() != count) || (open >= 0 && count == 0)) {
      throw new IllegalArgumentException(
          "'" + text + "' describes " + own.size() + " layers below the last of " + (count + 1));
    }
    final List<LayerSpec> below = new ArrayList<>();
    for (int l = 0; l < count; l++) {
      below.add(layer(own.get(own.size() > 1 ? l : 0), last));
    }
    return below;
  }

  private static int depth(final String digits, final Options options) {
    try {
      final int depth = Integer.parseInt(digits);
      if (depth >= 1 && depth <= MOST) {
        return depth;
      }
    } catch (final NumberFormatException notAnInteger) {
      // Told below, like a number out of range.
    }
    throw options.bad(
        OPTION.name(), "layers from 1 to " + MOST + ", as in 2, or in 2(expert=mlp(16)*4)");
  }

  private static LayerSpec layer(final String own, final LayerSpec last) {
    final Options options =
        Options.of(
            "a layer below others",
            LayerSpec.OPTIONS.subList(0, 3),
            new Term("layer", own.strip(), 1));
    return last.with(
        options.given().containsKey("gate") ? GateSpec.parse(options.text("gate")) : last.gate(),
        options.given().containsKey("expert")
            ? LayerSpec.members(options.text("expert"))
            : last.experts(),
        options.given().containsKey("combine")
            ? LayerSpec.combine(options.text("combine"))
            : last.combine());
  }

  /** Refuses layers whose parts can stand in the last one alone. */
  static void check(final List<LayerSpec> below, final List<Life> lives) {
    for (final Life life : below.isEmpty() ? List.<Life>of() : lives) {
      if (life.changesExperts()) {
        throw new IllegalArgumentException(
            "life '" + life.text() + "' changes the experts of one layer: it needs depth=1");
      }
    }
    for (final LayerSpec layer : below) {
      for (final Plugin part : layer.parts()) {
        if (part.needsClasses()) {
          throw new IllegalArgumentException(
              "'"
                  + part.text()
                  + "' is about classes, so that it can stand in the last layer alone: give those"
                  + " below another, as in depth=2(gate=top-k(2),expert=mlp*8,combine=sum)");
        }
      }
    }
  }

  /** As the option would be written behind others; nothing where there are none. */
  static String text(final List<LayerSpec> below) {
    final List<String> own = below.stream().map(LayerSpec::structure).distinct().toList();
    return switch (own.size()) {
      case 0 -> "";
      case 1 -> ",depth=" + (below.size() + 1) + "(" + own.get(0) + ")";
      default ->
          below.stream()
              .map(LayerSpec::structure)
              .collect(Collectors.joining(";", ",depth=" + (below.size() + 1) + "(", ")"));
    };
  }
}
