using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Networks;

public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 7)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    [InlineData(3, 1000)]
    public void Run_does_every_task_once(int threads, int tasks)
    {
        using var team = new ThreadTeam(threads);
        for (int round = 0; round < 50; round++)
        {
            var done = new int[tasks];
            team.Run(tasks, task => Interlocked.Increment(ref done[task]));
            Assert.All(done, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Run_with_a_failing_task_throws_and_goes_on_working()
    {
        using var team = new ThreadTeam(3);

        var failure = Assert.Throws<AggregateException>(() => team.Run(100, task =>
        {
            if (task == 57)
                throw new InvalidOperationException("57");
        }));

        Assert.Equal("57", failure.InnerException!.Message);
        int sum = 0;
        team.Run(10, task => Interlocked.Add(ref sum, task));
        Assert.Equal(45, sum);
    }
}
