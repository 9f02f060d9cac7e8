package dev.braid.moa;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;
import java.util.Locale;

/** MOA's classifiers as a kind of expert; loads without MOA, opens none without it. */
public final class MoaExperts extends ExpertKind {
  private static final String KIND = "moa";
  private static final String CLASSIFIER = "classifier";

  /** For the registry. */
  public MoaExperts() {
    super(
        KIND,
        "Any classifier of MOA, whose jar must be on the class path.",
        List.of(
            new Option(
                CLASSIFIER,
                "trees.HoeffdingTree",
                "MOA's command line, for instance `trees.HoeffdingTree -g 50`.")),
        MoaExperts::open,
        (schema, chunkCount, chunks) -> MoaExpert.read(schema, chunkCount, chunks));
  }

  /** The class without its package. */
  @Override
  public String label(final Options chosen) {
    final String type = chosen.text(CLASSIFIER).strip().split("\\s", 2)[0];
    return KIND + "-" + type.substring(type.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static Expert open(final Options options, final Schema schema, final long seed) {
    try {
      return new MoaExpert(schema, options.text(CLASSIFIER), seed);
    } catch (final NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "expert 'moa(" + options.text(CLASSIFIER) + ")' needs MOA's jar on the class path", e);
    }
  }
}
