package dev.braid.experts.moe;

import dev.braid.spec.Entry;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.spec.Registry;
import dev.braid.spec.Term;
import java.util.List;
import java.util.function.Function;

/**
 * The word by which a plug-in of the layer is chosen.
 *
 * @param make the plug-in with these options
 * @param <P> the sort of plug-in
 */
public record Word<P>(
    String name, String description, List<Option> options, Function<Options, P> make)
    implements Entry {

  public Word {
    options = List.copyOf(options);
  }

  /**
   * The plug-in that a term asks for.
   *
   * @throws IllegalArgumentException with one sentence, if there is none or an option is wrong
   */
  public static <P> P make(final Registry<Word<P>> words, final Term term) {
    return words.find(term.name()).make.apply(words.options(term));
  }
}
