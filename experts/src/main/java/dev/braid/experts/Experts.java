package dev.braid.experts;

import dev.braid.data.Schema;
import dev.braid.spec.Options;
import dev.braid.spec.Registry;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/** Opens experts by text and reads saved ones back by kind. */
public final class Experts {
  /** Every kind on the class path. */
  public static final Registry<ExpertKind> REGISTRY =
      Registry.withServices("expert", List.of(), ExpertKind.class);

  private Experts() {}

  /**
   * Opens an untrained expert.
   *
   * @param text a kind and its options, for instance {@code hoeffding-tree(grace-period=50)}
   * @param seed of what is random in the expert
   * @throws IllegalArgumentException with one sentence, if there is no such expert
   */
  public static Expert open(final String text, final Schema schema, final long seed) {
    return open(Term.parse(text), schema, seed);
  }

  /** The same from a text that was read, whose count is not looked at. */
  public static Expert open(final Term term, final Schema schema, final long seed) {
    return open(REGISTRY.find(term.name()), REGISTRY.options(term), schema, seed);
  }

  /** The same from a kind and the options that a term gave. */
  public static Expert open(
      final ExpertKind kind, final Options options, final Schema schema, final long seed) {
    return kind.open(options, schema, seed);
  }

  /**
   * Kinds by name, with {@code +} between them; perhaps none.
   *
   * @throws IllegalArgumentException with one sentence, if there is no such kind
   */
  public static Set<String> kinds(final String text) {
    final Set<String> kinds = new TreeSet<>();
    for (final String name : text.split("\\+")) {
      if (!name.isBlank()) {
        kinds.add(REGISTRY.find(name.strip()).name());
      }
    }
    return kinds;
  }

  /** What an expert of a text is called, for instance {@code naive-bayes-100}. */
  public static String label(final Term term) {
    return REGISTRY.find(term.name()).label(REGISTRY.options(term));
  }

  /**
   * Reads a saved expert back.
   *
   * @param kind as {@link Expert#kind()} named it
   * @param schema as it was when the expert was saved
   * @param chunks the saved chunks by number
   * @throws MalformedImageException if kind or chunks are not those of an expert
   */
  public static Expert read(
      final String kind,
      final Schema schema,
      final int chunkCount,
      final IntFunction<ImageReader> chunks) {
    if (!REGISTRY.has(kind)) {
      throw new MalformedImageException("there is no expert of kind '" + kind + "'");
    }
    return REGISTRY.find(kind).read(schema, chunkCount, chunks);
  }
}
