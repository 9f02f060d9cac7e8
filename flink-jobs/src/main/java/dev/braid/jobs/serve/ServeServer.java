package dev.braid.jobs.serve;

import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.kafka.KafkaCluster;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A replica of a job's models with an HTTP server in front of it. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Threads of a server that did not start end by themselves.
public final class ServeServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;
  private static final int LINE_BYTES = 8 << 10;

  /** Bytes that a connection is read ahead, at most; the rest waits at the client. */
  private static final int READ_BYTES = 8 << 10;

  /** More than fit into that. */
  private static final int MOST_PIPELINED = READ_BYTES / 16;

  private final ModelFeed feed;
  private final EventLoopGroup loops;
  private final RequestThreads threads;
  private final Channel listening;

  private ServeServer(
      final ModelFeed feed,
      final EventLoopGroup loops,
      final RequestThreads threads,
      final Channel listening) {
    this.feed = feed;
    this.loops = loops;
    this.threads = threads;
    this.listening = listening;
  }

  /**
   * Starts to read the models and to answer; {@code /health} tells when they are read.
   *
   * @param fields what those of a row are called
   * @throws dev.braid.connectors.kafka.BrokerException if there is no such topic
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   * @throws IOException if the port is taken
   */
  public static ServeServer start(
      final KafkaCluster cluster,
      final String topic,
      final FieldNames fields,
      final ServeOptions options)
      throws IOException {
    final ServedModels models = new ServedModels(options.learnerBytes());
    final ModelFeed feed = new ModelFeed(cluster, topic, options.chunkBytes(), models);
    final Predictor predictor = new Predictor(models, feed::isLeftOut, fields, options.bodyBytes());
    final ServeFigures figures = new ServeFigures(models, feed, predictor);
    final Routes routes = new Routes(models, feed, predictor, figures);
    final RequestThreads threads = new RequestThreads();
    final EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("serve-io", true),
            NioIoHandler.newFactory());
    final InetSocketAddress address = new InetSocketAddress(options.bind(), options.port());
    final boolean localOnly =
        address.getAddress() != null && address.getAddress().isLoopbackAddress();
    final Connections connections = new Connections(options, figures);
    final ServerBootstrap server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(512, 2_048, READ_BYTES))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(final SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(
                                new HttpDecoderConfig()
                                    .setMaxInitialLineLength(LINE_BYTES)
                                    .setMaxHeaderSize(LINE_BYTES),
                                MOST_PIPELINED),
                            new FlowControlHandler(),
                            new Conversation(
                                options, connections, routes, figures, threads, localOnly));
                  }
                });
    try {
      return new ServeServer(
          feed, loops, threads, server.bind(address).syncUninterruptibly().channel());
    } catch (final RuntimeException taken) {
      feed.close();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      threads.close();
      throw taken;
    } catch (final Exception taken) {
      feed.close();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      threads.close();
      throw new IOException(
          "port "
              + options.port()
              + " of "
              + options.bind()
              + " cannot be listened on: "
              + taken.getMessage(),
          taken);
    }
  }

  /** Where it is, as {@code http://127.0.0.1:8421}. */
  public String address() {
    final InetSocketAddress bound = (InetSocketAddress) listening.localAddress();
    return "http://" + bound.getHostString() + ':' + bound.getPort();
  }

  @Override
  public void close() {
    listening.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    threads.close();
    feed.close();
  }
}
