package io.sharedredis.lettuce.hub;

class InMemoryClaimsTest extends ClaimStoreContract {
  private final InMemoryClaims.SharedMemory farm = new InMemoryClaims.SharedMemory();
  private final ClaimStore a = new InMemoryClaims(farm, "a");
  private final ClaimStore b = new InMemoryClaims(farm, "b");

  @Override
  ClaimStore a() {
    return a;
  }

  @Override
  ClaimStore b() {
    return b;
  }
}
