package dev.braid.experts.moe;

import dev.braid.spec.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * Words of parts of a layer that another module adds to the registries: a service, which a line in
 * its {@code META-INF/services} names.
 */
public interface Words {

  default List<Word<Score>> scores() {
    return List.of();
  }

  default List<Word<Assign>> assigns() {
    return List.of();
  }

  default List<Word<Penalty>> penalties() {
    return List.of();
  }

  default List<Word<Kind>> kinds() {
    return List.of();
  }

  default List<Word<Combine>> combines() {
    return List.of();
  }

  default List<Word<Life>> lives() {
    return List.of();
  }

  default List<Word<Codec>> codecs() {
    return List.of();
  }

  default List<Word<Forecast>> forecasts() {
    return List.of();
  }

  /**
   * A registry of one sort of parts, with those that are offered as services on the class path.
   *
   * @param sort what one of them is called in messages
   * @param own the words of this module
   * @param offered those of the sort that another module adds
   * @throws IllegalArgumentException if a name is none or is there twice
   */
  static <P> Registry<Word<P>> registry(
      final String sort, final List<Word<P>> own, final Function<Words, List<Word<P>>> offered) {
    final List<Word<P>> all = new ArrayList<>(own);
    ServiceLoader.load(Words.class, Words.class.getClassLoader())
        .forEach(words -> all.addAll(offered.apply(words)));
    return new Registry<>(sort, all);
  }
}
