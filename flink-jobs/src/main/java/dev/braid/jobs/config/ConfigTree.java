package dev.braid.jobs.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** Reads a YAML file into flat keys: nested groups and dotted names mean the same. */
final class ConfigTree {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build());

  /** What the parser's sentence about a key that is there begins with. */
  private static final String DUPLICATE = "Duplicate field ";

  private ConfigTree() {}

  static Map<String, String> read(final Path file) {
    final String text;
    try {
      text = Files.readString(file);
    } catch (final IOException unreadable) {
      throw new ConfigException(
          "The configuration file '" + file + "' cannot be read: it must be a readable text file.");
    }
    try {
      final Map<String, String> flat = new LinkedHashMap<>();
      final JsonNode root = YAML.readTree(text);
      if (root.isObject()) {
        flatten("", root, flat);
      } else if (!root.isMissingNode() && !root.isNull()) {
        throw new ConfigException(
            "The configuration file '" + file + "' must hold keys and values in YAML.");
      }
      return flat;
    } catch (final StreamConstraintsException tooDeep) {
      throw new ConfigException(
          "The configuration file '"
              + file
              + "' is nested too deeply: keys have at most three parts.");
    } catch (final JsonProcessingException malformed) {
      throw new ConfigException(
          "The configuration file '" + file + "' " + wrongIn(malformed) + ".");
    }
  }

  private static String wrongIn(final JsonProcessingException malformed) {
    final JsonLocation location = malformed.getLocation();
    final String line = location == null ? "" : " at line " + location.getLineNr();
    final String message =
        malformed.getOriginalMessage() == null ? "malformed" : malformed.getOriginalMessage();
    final String first = message.lines().findFirst().orElse("malformed");
    return first.startsWith(DUPLICATE)
        ? "gives the key " + first.substring(DUPLICATE.length()) + " twice" + line
        : "is not YAML" + line + ": " + first;
  }

  private static void flatten(
      final String prefix, final JsonNode group, final Map<String, String> flat) {
    for (final Map.Entry<String, JsonNode> entry : group.properties()) {
      final String name = prefix + entry.getKey();
      final JsonNode value = entry.getValue();
      if (value.isObject()) {
        flatten(name + ".", value, flat);
      } else if (flat.put(name, value.isArray() ? joined(name, value) : text(value)) != null) {
        throw new ConfigException("Configuration key '" + name + "' is given twice.");
      }
    }
  }

  private static String joined(final String name, final JsonNode list) {
    final StringJoiner joined = new StringJoiner(",");
    for (final JsonNode element : list) {
      if (!element.isValueNode() || element.asText().contains(",")) {
        throw new ConfigException(
            "Configuration key '" + name + "' takes a list of texts without commas.");
      }
      joined.add(element.asText());
    }
    return joined.toString();
  }

  private static String text(final JsonNode value) {
    return value.isNull() ? "" : value.asText();
  }
}
