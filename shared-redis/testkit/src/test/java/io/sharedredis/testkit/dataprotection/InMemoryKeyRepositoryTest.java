package io.sharedredis.testkit.dataprotection;

import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyRepository;

class InMemoryKeyRepositoryTest extends KeyRepositoryContract {
  private final InMemoryKeyRepository place = new InMemoryKeyRepository();

  @Override
  protected KeyRepository open() {
    return place;
  }

  @Override
  protected void loseEverything() {
    place.loseEverything();
  }
}
