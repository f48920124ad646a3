namespace RecServe.Embeddings.Tests.Store;

public sealed class HandoffTests
{
    [Fact]
    public void Items_come_in_order_and_what_was_added_before_the_end_still_comes()
    {
        var handoff = new Handoff<string>();
        handoff.Add("a");
        handoff.Add("b");
        handoff.End();
        Assert.True(handoff.TryTake(out string? first));
        Assert.True(handoff.TryTake(out string? second));
        Assert.Equal(("a", "b"), (first, second));
        Assert.False(handoff.TryTake(out _));
    }

    [Fact]
    public async Task Who_waits_is_woken_by_the_end()
    {
        var handoff = new Handoff<string>();
        Task<bool>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(() => handoff.TryTake(out string? _), TaskCreationOptions.LongRunning))];
        await Task.Delay(50);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        handoff.End();
        bool[] taken = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(true, taken);
    }

    [Fact]
    public async Task Under_contention_every_item_comes_once()
    {
        const int Givers = 3, Takers = 3, Each = 20_000;
        var handoff = new Handoff<object>();
        object[] items = [.. Enumerable.Range(0, Givers * Each).Select(number => (object)number)];
        Task<List<int>>[] takers = [.. Enumerable.Range(0, Takers).Select(_ => Task.Factory.StartNew(() =>
        {
            var mine = new List<int>();
            while (handoff.TryTake(out object? item))
                mine.Add((int)item);
            return mine;
        }, TaskCreationOptions.LongRunning))];
        await Task.WhenAll(Enumerable.Range(0, Givers).Select(giver => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
                handoff.Add(items[(giver * Each) + i]);
        }))).WaitAsync(TimeSpan.FromMinutes(1));
        handoff.End();
        List<int>[] taken = await Task.WhenAll(takers).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Enumerable.Range(0, items.Length), taken.SelectMany(list => list).Order());

        // Of one giver each taker sees an ascending part.
        Assert.All(taken, mine => Assert.All(Enumerable.Range(0, Givers), giver =>
        {
            int[] part = [.. mine.Where(number => number / Each == giver)];
            Assert.Equal(part.Order(), part);
        }));
    }
}
