package dev.braid.experts.moe.layer;

import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.life.Lives;
import dev.braid.experts.moe.rest.Codecs;
import dev.braid.experts.moe.rest.Forecasts;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.spec.Entry;
import dev.braid.spec.Option;
import dev.braid.spec.Registry;

/** The reference of all words of a layer, made from the registries. */
public final class LayerPage {
  private static final String INTRODUCTION =
      """
      One text describes a layer in the key `dense.layer`, in the library, and, option by option, in
      the preset `neural` and the expert `dense-moe`:

      ```
      gate=linear/top-k(2)/balance(0.01)+1,expert=mlp(32)*4,rest=int8
      ```

      What is left out has its default.

      """;

  private LayerPage() {}

  /** The page in Markdown, from headings of the third level down. */
  public static String markdown() {
    final StringBuilder page = new StringBuilder(INTRODUCTION);
    page.append("| option | default | meaning |\n|---|---|---|\n");
    for (final Option option : LayerSpec.OPTIONS) {
      page.append("| `").append(option.name()).append("` | `").append(option.defaultValue());
      page.append("` | ").append(option.description()).append(" |\n");
    }
    words(page, "Gate: scores", Gates.SCORES);
    words(page, "Gate: assignments", Gates.ASSIGNS);
    words(page, "Gate: penalties", Gates.PENALTIES);
    words(page, "Experts", Kinds.ALL);
    words(page, "Combining", Combines.ALL);
    words(page, "Lives", Lives.ALL);
    words(page, "Weights at rest", Codecs.ALL);
    words(page, "Forecasts, for `dense.forecast`", Forecasts.ALL);
    return page.toString();
  }

  private static void words(
      final StringBuilder page, final String title, final Registry<? extends Entry> words) {
    page.append("\n### ").append(title).append("\n\n").append(words.reference("####"));
  }
}
