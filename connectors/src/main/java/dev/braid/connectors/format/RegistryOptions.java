package dev.braid.connectors.format;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a schema registry is reached.
 *
 * @param urls tried in turn
 * @param user empty for none
 * @param password of the user
 * @param patience how long it is asked again
 */
record RegistryOptions(List<URI> urls, String user, String password, Duration patience)
    implements Serializable {
  private static final Option URL =
      new Option(
          "registry",
          "http://localhost:8081",
          "Address of the schema registry, or several of one separated by commas.");
  private static final Option USER =
      new Option("registry-user", "", "User of the registry, where it asks for one.");
  private static final Option PASSWORD =
      new Option("registry-password", "", "Password of that user.");
  private static final Option WAIT =
      new Option(
          "registry-wait",
          "60",
          "Seconds that a record waits for a registry that does not answer, 1 to 3600; then the job"
              + " begins anew from its checkpoint, with that record.");

  /** The option of a format that writes too. */
  static final Option SUBJECT =
      new Option(
          "subject",
          "",
          "Subject under which the schema of what is written is registered; empty for `braid-events`,"
              + " `braid-labels` or `braid-predictions`.");

  /** The options of a format that asks a registry. */
  static final List<Option> ALL = List.of(URL, USER, PASSWORD, WAIT);

  static RegistryOptions of(final Options options) {
    final List<URI> urls = new ArrayList<>();
    for (final String url : options.text(URL.name()).split(",", -1)) {
      urls.add(url(url.strip(), options));
    }
    return new RegistryOptions(
        List.copyOf(urls),
        options.text(USER.name()),
        options.text(PASSWORD.name()),
        Duration.ofSeconds(options.integer(WAIT.name(), 1, 3600)));
  }

  /** The subject that the options name, or else another. */
  static String subject(final Options options, final String fallback) {
    final String subject = options.text(SUBJECT.name());
    return subject.isEmpty() ? fallback : subject;
  }

  private static URI url(final String text, final Options options) {
    try {
      final URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      if (url.getHost() != null && url.getScheme() != null && url.getScheme().startsWith("http")) {
        return url;
      }
    } catch (final URISyntaxException none) {
      // Told below.
    }
    throw options.bad(URL.name(), "an address as http://host:8081");
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "RegistryOptions[urls=" + urls + ", user=" + user + ", patience=" + patience + "]";
  }
}
