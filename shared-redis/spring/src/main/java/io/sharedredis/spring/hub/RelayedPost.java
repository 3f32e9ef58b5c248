package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.relay.RelayedCall;
import java.util.concurrent.atomic.AtomicBoolean;

/** Takes a POST that landed at another replica, piece by piece, in its turn. */
final class RelayedPost {
  private final RelayedCall call;
  private final Claim claim;
  private final Claims claims;
  private final AtomicBoolean entered = new AtomicBoolean();
  private final AtomicBoolean left = new AtomicBoolean();

  RelayedPost(RelayedCall call, Claim claim, Claims claims) {
    this.call = call;
    this.claim = claim;
    this.claims = claims;
  }

  void begin() {
    call.onMore(this::take);
    // Whoever gives up before the turn comes leaves when it does.
    call.onCancel(
        () -> {
          if (left.compareAndSet(false, true) && entered.get()) {
            claim.posting().leave();
          }
        });
    claim
        .posting()
        .enter(
            () -> {
              entered.set(true);
              if (left.get()) {
                claim.posting().leave();
              } else {
                take(call.piece(), call.last());
              }
            });
  }

  private void take(byte[] piece, boolean last) {
    if (left.get()) {
      return;
    }
    RequestTransport transport = claim.requests();
    if (transport == null) {
      if (claim.keepEarly(piece)) {
        goOn(last);
      } else {
        end(400);
      }
      return;
    }
    if (piece.length > 0) {
      transport.received(piece);
    }
    transport.whenRoom(
        claims.now(),
        room -> {
          if (room) {
            goOn(last);
          } else {
            end(503);
          }
        });
  }

  private void goOn(boolean last) {
    if (last) {
      end(200);
    } else {
      call.ready();
    }
  }

  private void end(int status) {
    if (left.compareAndSet(false, true)) {
      call.reply(status, "text/plain", null);
      claim.posting().leave();
    }
  }
}
