using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

public class SplitAssignmentTests
{
    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(2, 2, 0, 0)]
    [InlineData(7, 6, 1, 0)]
    [InlineData(10, 8, 1, 1)]
    [InlineData(17, 14, 2, 1)]
    [InlineData(1025, 820, 103, 102)]
    public void Of_any_kind_cuts_at_the_rounded_up_shares(int count, int train, int valid, int test)
    {
        foreach (string split in (string[])["per-user-time:80/10/10", "time:80/10/10", "random:80/10/10"])
        {
            DataPart[] parts = SplitAssignment.Of(DataSplit.Parse(split), Log(Enumerable.Range(0, count).Select(i => (0, (long)i))), 3);
            Assert.Equal((train, valid, test), (parts.Count(part => part == DataPart.Train), parts.Count(part => part == DataPart.Valid), parts.Count(part => part == DataPart.Test)));
        }
    }

    [Fact]
    public void Of_per_user_time_orders_each_user_by_time_with_ties_in_file_order()
    {
        // Users take turns; user 1's times fall, user 0's are all equal.
        SampleLog log = Log(Enumerable.Range(0, 20).Select(i => (i % 2, i % 2 == 0 ? 5L : 100L - i)));
        DataPart[] parts = SplitAssignment.Of(DataSplit.Parse("per-user-time:80/10/10"), log, 1);
        Assert.Equal(DataPart.Valid, parts[16]);
        Assert.Equal(DataPart.Test, parts[18]);
        Assert.Equal(DataPart.Test, parts[1]);
        Assert.Equal(DataPart.Valid, parts[3]);
        Assert.Equal(16, parts.Count(part => part == DataPart.Train));
    }

    [Fact]
    public void Of_time_ignores_users()
    {
        DataPart[] parts = SplitAssignment.Of(DataSplit.Parse("time:50/25/25"), Log([(0, 9), (1, 1), (2, 4), (0, 3)]), 1);
        Assert.Equal([DataPart.Test, DataPart.Train, DataPart.Valid, DataPart.Train], parts);
    }

    [Fact]
    public void Of_random_is_the_same_for_a_seed_and_another_for_another()
    {
        SampleLog log = Log(Enumerable.Range(0, 1025).Select(i => (i, (long)i)));
        DataSplit split = DataSplit.Parse("random:80/10/10");
        Assert.Equal(SplitAssignment.Of(split, log, 7), SplitAssignment.Of(split, log, 7));
        Assert.NotEqual(SplitAssignment.Of(split, log, 7), SplitAssignment.Of(split, log, 8));
        // Not the identity: some of the last tenth is learned from.
        Assert.Contains(DataPart.Train, SplitAssignment.Of(split, log, 7)[923..]);
    }

    private static SampleLog Log(IEnumerable<(int User, long Time)> samples)
    {
        var log = new SampleLog([]);
        foreach ((int user, long time) in samples)
        {
            log.Labels.Add(0);
            log.Users.Add(user);
            log.Times.Add(time);
        }

        return log;
    }
}
