package dev.braid.jobs.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.jobs.page.PageAssets;
import dev.braid.jobs.publish.CheckpointEnd;
import dev.braid.jobs.publish.Moment;
import dev.braid.jobs.publish.PublishedModel;
import dev.braid.router.Member;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.util.List;

/** What is answered to what. Thread-safe. */
final class Routes {
  private static final int MOST_LISTED = 1_000;

  /** About sixty rows. */
  private static final int SHORT_BYTES = 8 << 10;

  private static final String PREDICT = "/predict";
  private static final String MODELS = "/models/";

  private final ServedModels models;
  private final ModelFeed feed;
  private final Predictor predictor;
  private final ServeFigures figures;

  Routes(
      final ServedModels models,
      final ModelFeed feed,
      final Predictor predictor,
      final ServeFigures figures) {
    this.models = models;
    this.feed = feed;
    this.predictor = predictor;
    this.figures = figures;
  }

  /**
   * Whether an answer may take long; such requests wait for one another, and short ones for none.
   */
  static boolean isLong(final String uri, final int bytes) {
    return bytes > SHORT_BYTES || uri.startsWith("/models");
  }

  /**
   * The answer, if it is there at once.
   *
   * @return null where it may take longer
   */
  Answer answerAtOnce(final String method, final String uri, final byte[] body) {
    return method.equals("POST")
            && uri.equals(PREDICT)
            && body.length <= SHORT_BYTES
            && feed.isReady()
        ? predictor.answerAtOnce(body)
        : null;
  }

  Answer answer(final String method, final String uri, final byte[] body) {
    final QueryStringDecoder query;
    final String path;
    try {
      query = new QueryStringDecoder(uri);
      path = query.path();
    } catch (final IllegalArgumentException malformed) {
      return Answer.error(400, "the address cannot be understood");
    }
    final boolean predicts = path.equals(PREDICT);
    if (!method.equals(predicts ? "POST" : "GET")) {
      return Answer.error(405, path + " takes " + (predicts ? "POST" : "GET") + " alone");
    }
    if (predicts) {
      return feed.isReady() ? predictor.answer(body) : notReady();
    }
    return switch (path) {
      case "/models" -> list(query);
      case "/health" -> health();
      case "/metrics" -> Answer.text("text/plain; version=0.0.4", figures.text());
      case "/openapi.json" -> Answer.text("application/json", PageAssets.own("serve/openapi.json"));
      case "/" -> Answer.text("text/html", PageAssets.own("serve/serve.html"));
      default ->
          path.startsWith(MODELS)
              ? model(path.substring(MODELS.length()))
              : Answer.error(404, "there is nothing at " + path);
    };
  }

  private static Answer notReady() {
    return Answer.error(503, "the models are not read yet");
  }

  private Answer health() {
    final ModelFeed.State state = feed.state();
    final boolean ready = feed.isReady();
    return Answer.json(
        ready ? 200 : 503,
        Json.write(
            out -> {
              out.writeStartObject();
              out.writeStringField("status", ready ? "serving" : "reading the models");
              out.writeNumberField("models", models.count());
              out.writeNumberField("left_out", state.leftOut());
              out.writeFieldName("checkpoint");
              checkpoint(out, state.last());
              if (!state.trouble().isEmpty()) {
                out.writeStringField("trouble", state.trouble());
              }
              out.writeEndObject();
            }));
  }

  private static void checkpoint(final JsonGenerator out, final CheckpointEnd last)
      throws IOException {
    if (last == null) {
      out.writeNull();
      return;
    }
    out.writeStartObject();
    moment(out, last.moment(), last.time());
    out.writeEndObject();
  }

  /** The number is null where the input has ended. */
  private static void moment(final JsonGenerator out, final Moment moment, final long time)
      throws IOException {
    out.writeStringField("run", moment.run());
    if (moment.checkpoint() == Moment.END) {
      out.writeNullField("number");
    } else {
      out.writeNumberField("number", moment.checkpoint());
    }
    out.writeNumberField("ts", time);
  }

  private Answer list(final QueryStringDecoder query) {
    final List<String> wanted = query.parameters().getOrDefault("search", List.of(""));
    final String most = query.parameters().getOrDefault("most", List.of("")).get(0);
    final List<PublishedModel> found =
        models.find(
            wanted.get(0),
            most.matches("\\d{1,6}") ? Math.min(MOST_LISTED, Integer.parseInt(most)) : MOST_LISTED);
    return Answer.json(
        200,
        Json.write(
            out -> {
              out.writeStartObject();
              out.writeNumberField("count", models.count());
              out.writeArrayFieldStart("models");
              for (final PublishedModel model : found) {
                out.writeStartObject();
                summary(out, model);
                out.writeEndObject();
              }
              out.writeEndArray();
              out.writeEndObject();
            }));
  }

  private static void summary(final JsonGenerator out, final PublishedModel model)
      throws IOException {
    out.writeStringField("key", model.key());
    out.writeNumberField("model_version", model.table().version());
    out.writeNumberField("events", model.table().events());
    out.writeNumberField("bytes", model.bytes());
    out.writeObjectFieldStart("checkpoint");
    moment(out, model.table().moment(), model.table().time());
    out.writeEndObject();
  }

  private Answer model(final String key) {
    final PublishedModel model = models.published(key);
    final byte[] shown =
        model == null
            ? null
            : models.ask(
                key,
                fixed ->
                    Json.write(
                        out -> {
                          out.writeStartObject();
                          summary(out, model);
                          out.writeStringField("preset", fixed.learner().spec().preset());
                          schema(out, fixed.learner().schema());
                          out.writeArrayFieldStart("experts");
                          for (final Member member : fixed.learner().members()) {
                            out.writeString(member.name());
                          }
                          out.writeEndArray();
                          out.writeEndObject();
                        }));
    return shown == null ? predictor.missing(key) : Answer.json(200, shown);
  }

  private static void schema(final JsonGenerator out, final Schema schema) throws IOException {
    out.writeArrayFieldStart("features");
    for (final Feature feature : schema.features()) {
      out.writeStartObject();
      out.writeStringField("name", feature.name());
      out.writeStringField("kind", feature.isNominal() ? "nominal" : "numeric");
      if (feature.isNominal()) {
        out.writeArrayFieldStart("values");
        for (final String value : feature.values()) {
          out.writeString(value);
        }
        out.writeEndArray();
      }
      out.writeEndObject();
    }
    out.writeEndArray();
    if (schema.target() instanceof Target.Classes) {
      out.writeStringField("target", "class");
      out.writeArrayFieldStart("classes");
      for (final String name : schema.classes()) {
        out.writeString(name);
      }
      out.writeEndArray();
    } else {
      out.writeStringField("target", "number");
    }
  }
}
