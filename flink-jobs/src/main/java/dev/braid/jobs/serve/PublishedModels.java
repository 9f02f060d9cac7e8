package dev.braid.jobs.serve;

import dev.braid.jobs.sql.ModelSource;

/** Models of SQL that a job publishes, {@code kafka://host:9092/topic?key=shop-1}. */
public final class PublishedModels implements ModelSource.Kind {

  /** Called by Java, which finds this as a service. */
  public PublishedModels() {}

  @Override
  public String scheme() {
    return "kafka";
  }

  @Override
  public ModelSource of(final String place, final long reloadMillis) {
    return TopicModel.of(place, reloadMillis);
  }
}
