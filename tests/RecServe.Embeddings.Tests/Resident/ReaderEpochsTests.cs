namespace RecServe.Embeddings.Tests;

public class ReaderEpochsTests
{
    [Fact]
    public void Oldest_is_that_of_the_reader_longest_inside_and_never_beyond_the_current()
    {
        var epochs = new ReaderEpochs();
        Assert.Equal(epochs.Current, epochs.Oldest());
        int first = epochs.Enter();
        long began = epochs.Current;
        Assert.Equal(began, epochs.Advance());
        int second = epochs.Enter();
        epochs.Advance();
        Assert.Equal(began, epochs.Oldest());
        epochs.Exit(first);
        Assert.Equal(began + 1, epochs.Oldest());
        Assert.True(epochs.HasReaders);
        epochs.Exit(second);
        Assert.False(epochs.HasReaders);
        Assert.Equal(epochs.Current, epochs.Oldest());
    }

    [Fact]
    public void Enter_many_readers_of_one_thread_get_places_of_their_own()
    {
        var epochs = new ReaderEpochs();
        int[] places = [.. Enumerable.Range(0, 64).Select(_ => epochs.Enter())];
        Assert.Equal(64, places.Distinct().Count());
        foreach (int place in places)
            epochs.Exit(place);
        Assert.False(epochs.HasReaders);
    }
}
