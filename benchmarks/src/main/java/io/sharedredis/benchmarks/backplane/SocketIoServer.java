package io.sharedredis.benchmarks.backplane;

import com.corundumstudio.socketio.Configuration;
import com.corundumstudio.socketio.SocketIOServer;
import com.corundumstudio.socketio.store.RedissonStoreFactory;
import java.util.HashMap;
import java.util.Map;
import org.redisson.Redisson;
import org.redisson.config.Config;

/** netty-socketio, whose replicas share a Redis through Redisson. */
final class SocketIoServer {
  /** Unit: milliseconds. Longer than any measurement: the clients of the load answer no pings. */
  private static final int PINGS = 3_600_000;

  private SocketIoServer() {}

  public static void main(String[] arguments) {
    Map<String, String> options = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      options.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    Config redis = new Config();
    redis.useSingleServer().setAddress(options.get("--redis"));
    Configuration configuration = new Configuration();
    configuration.setHostname("127.0.0.1");
    configuration.setPort(Integer.parseInt(options.getOrDefault("--server.port", "0")));
    configuration.setPingInterval(PINGS);
    configuration.setPingTimeout(PINGS);
    configuration.setStoreFactory(new RedissonStoreFactory(Redisson.create(redis)));
    SocketIOServer server = new SocketIOServer(configuration);
    server.addEventListener(
        "broadcast",
        String.class,
        (client, text, ack) -> server.getBroadcastOperations().sendEvent("m", text));
    server.start();
  }
}
