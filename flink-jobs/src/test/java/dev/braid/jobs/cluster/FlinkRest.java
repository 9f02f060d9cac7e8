package dev.braid.jobs.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What the tests ask of a job manager over HTTP. */
final class FlinkRest {
  private static final long PATIENCE_NANOS = 120_000_000_000L;
  private static final long POLL_MILLIS = 200;
  private static final Set<String> WORKING = Set.of("RUNNING", "FINISHED");
  private static final String BOUNDARY = "braid-job-jar";

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String base;

  FlinkRest(final int port) {
    base = "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port;
  }

  void awaitAnswer() throws Exception {
    await("/overview", answer -> true, "an answer");
  }

  void awaitSlots(final int slots) throws Exception {
    await("/overview", answer -> answer.path("slots-total").asInt() >= slots, slots + " slots");
  }

  /** Waits until every task of the job runs, or has done its work. */
  void awaitRunning(final String job) throws Exception {
    await("/jobs/" + job, FlinkRest::allRunning, "a running job");
  }

  private static boolean allRunning(final JsonNode job) {
    if (!WORKING.contains(job.path("state").asText()) || job.path("vertices").isEmpty()) {
      return false;
    }
    for (final JsonNode vertex : job.path("vertices")) {
      if (!WORKING.contains(vertex.path("status").asText())) {
        return false;
      }
    }
    return true;
  }

  /** Waits until the job is in a state, for instance {@code FINISHED}. */
  void awaitState(final String job, final String state) throws Exception {
    await("/jobs/" + job, answer -> state.equals(answer.path("state").asText()), state);
  }

  /** The job's state, or empty where the job manager does not answer or does not know the job. */
  String state(final String job) throws InterruptedException {
    try {
      return get("/jobs/" + job).path("state").asText();
    } catch (final IOException none) {
      return "";
    }
  }

  /** When the job last began anew, in milliseconds since the epoch; 0 if it never did. */
  long lastRestart(final String job) throws Exception {
    return get("/jobs/" + job).path("timestamps").path("RESTARTING").asLong();
  }

  /** Waits for one more checkpoint that is complete. */
  void awaitCheckpoint(final String job) throws Exception {
    final int before = checkpoints(job);
    await(
        "/jobs/" + job + "/checkpoints",
        answer -> answer.path("counts").path("completed").asInt() > before,
        "another checkpoint");
  }

  private int checkpoints(final String job) throws Exception {
    return get("/jobs/" + job + "/checkpoints").path("counts").path("completed").asInt();
  }

  /** How many checkpoints of the job failed. */
  int failedCheckpoints(final String job) throws Exception {
    return get("/jobs/" + job + "/checkpoints").path("counts").path("failed").asInt();
  }

  /** Resource id of a task manager with a slot in use. */
  String busyTaskManager() throws Exception {
    for (final JsonNode manager : get("/taskmanagers").path("taskmanagers")) {
      if (manager.path("freeSlots").asInt() < manager.path("slotsNumber").asInt()) {
        return manager.path("id").asText();
      }
    }
    throw new AssertionError("no task manager has work");
  }

  void cancel(final String job) throws Exception {
    send(request("/jobs/" + job).method("PATCH", HttpRequest.BodyPublishers.noBody()).build());
    awaitState(job, "CANCELED");
  }

  /**
   * Uploads a jar and runs it.
   *
   * @return the job's id
   */
  String run(final Path jar, final List<String> arguments) throws Exception {
    return run(jar, arguments, null);
  }

  /**
   * The same from a savepoint.
   *
   * @param savepoint its URI, or null for none
   */
  String run(final Path jar, final List<String> arguments, final String savepoint)
      throws Exception {
    final Map<String, Object> request = new TreeMap<>(Map.of("programArgsList", arguments));
    if (savepoint != null) {
      request.put("savepointPath", savepoint);
    }
    final JsonNode uploaded =
        send(
            request("/jars/upload")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form(jar)))
                .build());
    final String name = Path.of(uploaded.path("filename").asText()).getFileName().toString();
    final JsonNode started =
        send(
            request("/jars/" + name + "/run")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(request)))
                .build());
    return started.path("jobid").asText();
  }

  /**
   * Stops a job with a savepoint, and waits until it has ended.
   *
   * @param folder in which the savepoint gets a folder of its own
   * @return the savepoint's URI
   */
  String stop(final String job, final Path folder) throws Exception {
    final String body = json.writeValueAsString(Map.of("targetDirectory", folder.toUri()));
    final String request =
        send(request("/jobs/" + job + "/stop")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build())
            .path("request-id")
            .asText();
    final String[] location = new String[1];
    await(
        "/jobs/" + job + "/savepoints/" + request,
        answer -> {
          location[0] = answer.path("operation").path("location").asText();
          return "COMPLETED".equals(answer.path("status").path("id").asText());
        },
        "a savepoint");
    awaitState(job, "FINISHED");
    return location[0];
  }

  private static byte[] form(final Path jar) throws IOException {
    final ByteArrayOutputStream form = new ByteArrayOutputStream();
    form.writeBytes(
        ("--"
                + BOUNDARY
                + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                + jar.getFileName()
                + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    form.writeBytes(Files.readAllBytes(jar));
    form.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return form.toByteArray();
  }

  private JsonNode get(final String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  private HttpRequest.Builder request(final String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(60));
  }

  private JsonNode send(final HttpRequest request) throws IOException, InterruptedException {
    final HttpResponse<String> answer =
        client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (answer.statusCode() >= 300) {
      throw new IOException(request.uri() + " answers " + answer.statusCode() + answer.body());
    }
    return json.readTree(answer.body());
  }

  private void await(final String path, final Predicate<JsonNode> wanted, final String what)
      throws Exception {
    final long deadline = System.nanoTime() + PATIENCE_NANOS;
    Object last = null;
    while (System.nanoTime() < deadline) {
      try {
        final JsonNode answer = get(path);
        if (wanted.test(answer)) {
          return;
        }
        last = answer;
      } catch (final IOException notYet) {
        last = notYet;
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new AssertionError("waited in vain for " + what + " at " + path + ", at last: " + last);
  }
}
