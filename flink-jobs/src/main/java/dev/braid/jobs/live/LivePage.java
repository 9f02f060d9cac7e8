package dev.braid.jobs.live;

import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.page.PageAssets;
import java.io.IOException;

/** The live page of a job, wherever that runs: reads its topics, and serves what they tell. */
public final class LivePage implements AutoCloseable {
  /** Ports of which the first free one is taken, unless others are named. */
  public static final String PORTS = "8420-8520";

  private final LiveFeed feed;
  private final LiveServer server;

  private LivePage(final LiveFeed feed, final LiveServer server) {
    this.feed = feed;
    this.server = server;
  }

  /**
   * @param config whose topics are read
   * @param ports a port of the loopback interface, or a range of which the first free one is taken
   * @throws ConfigException if no such port is free
   * @throws dev.braid.connectors.kafka.BrokerException if a topic is not there
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  public static LivePage start(final JobConfig config, final String ports) throws IOException {
    if (!PageAssets.complete()) {
      throw new ConfigException(
          "The job jar goes without the live page: start './braid live' beside the job.");
    }
    final LiveStore store = new LiveStore();
    final LiveServer server = LiveServer.start(store, ports);
    try {
      return new LivePage(LiveFeed.start(config, store), server);
    } catch (final RuntimeException failed) {
      server.close();
      throw failed;
    }
  }

  /** Where the page is, as {@code http://127.0.0.1:8420}. */
  public String address() {
    return server.address();
  }

  /** Reads to the end of what there is, and no more; the page stays. */
  public void stopReading() {
    feed.close();
  }

  @Override
  public void close() {
    server.close();
    feed.close();
  }
}
