package dev.braid.connectors.format;

import dev.braid.connectors.format.RecordFormat.Content;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The formats that are there, by name: Braid's own and those that others put on the class path. */
public final class RecordFormats {
  private static final Map<String, RecordFormat> FORMATS = find();

  private RecordFormats() {}

  private static Map<String, RecordFormat> find() {
    final Map<String, RecordFormat> formats = new TreeMap<>();
    // By this class's own loader: inside a cluster that is the job's, not the thread's.
    for (final RecordFormat format :
        ServiceLoader.load(RecordFormat.class, RecordFormats.class.getClassLoader())) {
      final RecordFormat other = formats.put(format.name(), format);
      if (other != null) {
        throw new IllegalStateException(
            "two record formats are called '"
                + format.name()
                + "': "
                + other.getClass().getName()
                + " and "
                + format.getClass().getName());
      }
    }
    return formats;
  }

  /** All formats, in alphabetical order of their names. */
  public static List<RecordFormat> all() {
    return List.copyOf(FORMATS.values());
  }

  /** Names of all formats, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(FORMATS.keySet());
  }

  /**
   * The format of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RecordFormat of(final String name) {
    final RecordFormat format = FORMATS.get(name);
    if (format == null) {
      throw new IllegalArgumentException(
          "there is no record format '" + name + "'; there are " + String.join(", ", names()));
    }
    return format;
  }

  /**
   * A decoder of events.
   *
   * @param options of the format, by name; those left out have their defaults
   * @throws IllegalArgumentException with one sentence that names what is wrong
   */
  public static RecordDecoder events(
      final String format, final DecoderOptions decoding, final Map<String, String> options) {
    return decoder(format, Content.EVENT, decoding, options);
  }

  /**
   * A decoder of late labels.
   *
   * @param options of the format, by name; those left out have their defaults
   * @throws IllegalArgumentException with one sentence that names what is wrong
   */
  public static RecordDecoder labels(
      final String format, final DecoderOptions decoding, final Map<String, String> options) {
    return decoder(format, Content.LABEL, decoding, options);
  }

  private static RecordDecoder decoder(
      final String name,
      final Content content,
      final DecoderOptions decoding,
      final Map<String, String> options) {
    final RecordFormat format = of(name);
    return new FormatDecoder(
        format, new FormatSettings(content, decoding, complete(format, options)));
  }

  /**
   * A writer of events or labels.
   *
   * @param options of the format, by name; those left out have their defaults
   * @throws IllegalArgumentException with one sentence that names what is wrong
   */
  public static RecordWriter writer(
      final String name,
      final Content content,
      final FieldNames fields,
      final Map<String, String> options) {
    final RecordFormat format = of(name);
    return format.writer(
        new FormatSettings(
            content, DecoderOptions.DEFAULT.withFields(fields), complete(format, options)));
  }

  private static Map<String, String> complete(
      final RecordFormat format, final Map<String, String> given) {
    final Map<String, String> all = new TreeMap<>();
    format.options().forEach(option -> all.put(option.name(), option.defaultValue()));
    given.forEach(
        (name, value) -> {
          if (all.put(name, value) == null) {
            throw new IllegalArgumentException(
                "format '" + format.name() + "' has no option '" + name + "'" + known(format));
          }
        });
    return all;
  }

  private static String known(final RecordFormat format) {
    final List<String> names = format.options().stream().map(FormatOption::name).toList();
    return names.isEmpty() ? "; it has none" : "; it has " + String.join(", ", names);
  }
}
