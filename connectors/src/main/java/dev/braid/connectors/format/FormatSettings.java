package dev.braid.connectors.format;

import dev.braid.spec.Options;

/**
 * What a format is opened with.
 *
 * @param content what the records are
 * @param decoding names, limits and declared features, which all formats have in common
 * @param options those of the format
 */
public record FormatSettings(
    RecordFormat.Content content, DecoderOptions decoding, Options options) {

  /** Whether the records are events. */
  public boolean isEvent() {
    return content == RecordFormat.Content.EVENT;
  }
}
