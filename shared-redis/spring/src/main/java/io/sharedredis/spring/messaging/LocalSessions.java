package io.sharedredis.spring.messaging;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.ApplicationListener;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;
import org.springframework.web.socket.messaging.SessionConnectEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;

/** Ids of the STOMP sessions of this replica, of known users or not. Thread-safe. */
public final class LocalSessions implements ApplicationListener<AbstractSubProtocolEvent> {

  private final Set<String> ids = ConcurrentHashMap.newKeySet();

  @Override
  public void onApplicationEvent(AbstractSubProtocolEvent event) {
    if (event instanceof SessionDisconnectEvent end) {
      ids.remove(end.getSessionId());
    } else if (event instanceof SessionConnectEvent) {
      String id = SimpMessageHeaderAccessor.getSessionId(event.getMessage().getHeaders());
      if (id != null) {
        ids.add(id);
      }
    }
  }

  boolean contains(String session) {
    return ids.contains(session);
  }
}
