package dev.braid.jobs.serve;

import dev.braid.connectors.kafka.BrokerException;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.jobs.publish.ModelKey;
import dev.braid.jobs.publish.ModelLog;
import dev.braid.jobs.publish.PublishedModel;
import dev.braid.jobs.sql.ModelSource;
import dev.braid.router.Learner;
import dev.braid.state.image.MalformedImageException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One model of a topic, as of the job's last checkpoint. */
final class TopicModel implements ModelSource {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TopicModel.class);
  private static final Pattern PLACE = Pattern.compile("kafka://([^/?]+)/([^/?]+)(\\?key=(.*))?");

  private final String servers;
  private final String topic;
  private final String key;
  private final long reloadMillis;

  private transient TopicReader reader;
  private transient ModelLog log;
  private transient PublishedModel newest;
  private transient PublishedModel taken;
  private transient long nextLook;

  /** The last warning, which is given once. */
  private transient String warned;

  private TopicModel(
      final String servers, final String topic, final String key, final long reloadMillis) {
    this.servers = servers;
    this.topic = topic;
    this.key = key;
    this.reloadMillis = reloadMillis;
  }

  static TopicModel of(final String place, final long reloadMillis) {
    final Matcher parts = PLACE.matcher(place);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "the image '"
              + place
              + "' is no model in a topic: that is written kafka://host:9092/topic?key=KEY, without"
              + " ?key=KEY for the only model of a job.");
    }
    return new TopicModel(
        parts.group(1),
        parts.group(2),
        parts.group(4) == null ? "" : URLDecoder.decode(parts.group(4), StandardCharsets.UTF_8),
        reloadMillis);
  }

  @Override
  public Learner open() throws IOException {
    nextLook = System.currentTimeMillis() + reloadMillis;
    log = new ModelLog(Long.MAX_VALUE, (any, model) -> newest = model);
    try {
      reader = new TopicReader(KafkaCluster.at(servers), topic);
      reader.readToEnd(this::take);
      if (newest == null) {
        throw new IOException(
            "The topic '" + topic + "' of " + servers + " has no model '" + key + "' yet.");
      }
      return restored();
    } catch (final BrokerException | KafkaException | MalformedImageException unreadable) {
      throw new IOException(
          "The model '"
              + key
              + "' cannot be read from the topic '"
              + topic
              + "' of "
              + servers
              + ": "
              + unreadable.getMessage(),
          unreadable);
    }
  }

  private void take(final ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    final String text = new String(record.key(), StandardCharsets.UTF_8);
    final ModelKey about = ModelKey.parse(text);
    if (about != null && (about.part() == ModelKey.CHECKPOINT || about.model().equals(key))) {
      log.add(text, record.value());
    }
  }

  private Learner restored() {
    taken = newest;
    return taken.restore();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // The one that was taken, or another.
  public Learner another() {
    if (reloadMillis == 0 || System.currentTimeMillis() < nextLook) {
      return null;
    }
    nextLook = System.currentTimeMillis() + reloadMillis;
    try {
      while (reader.poll(Duration.ZERO, this::take) > 0) {
        // There may be more.
      }
      if (newest == taken) {
        return null;
      }
      if (newest == null) {
        keep("its job has it no more");
        return null;
      }
      warned = null;
      return restored();
    } catch (final KafkaException | MalformedImageException unreadable) {
      keep(unreadable.getMessage());
      return null;
    }
  }

  @Override
  public void keep(final String reason) {
    if (!reason.equals(warned)) {
      warned = reason;
      LOG.warn("The model '{}' of the topic {} goes on as it was: {}", key, topic, reason);
    }
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
