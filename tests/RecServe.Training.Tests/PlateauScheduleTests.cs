namespace RecServe.Training.Tests;

public sealed class PlateauScheduleTests
{
    [Fact]
    public void Add_drops_the_rate_on_every_epoch_without_gain_and_ends_at_two_in_a_row()
    {
        var schedule = new PlateauSchedule(new TrainingOptions { Model = ModelKind.Lr });
        (double Auc, bool Better, double Rate, bool Ended)[] epochs =
        [
            (0.70, true, 1e-3, false),
            (0.7000005, false, 1e-4, false), // a gain below 1e-6 is none
            (0.75, true, 1e-4, false), // a gain starts the count anew but gives no rate back
            (0.74, false, 1e-5, false),
            (0.7501, true, 1e-5, false),
            (0.6, false, 1e-6, false),
            (0.7501, false, 1e-6, true), // the rate stops at 1e-6
        ];

        foreach (var epoch in epochs)
        {
            Assert.False(schedule.Ended);
            Assert.Equal(epoch.Better, schedule.Add(epoch.Auc));
            Assert.Equal(epoch.Rate, schedule.LearningRate, epoch.Rate * 1e-6);
            Assert.Equal(epoch.Ended, schedule.Ended);
        }

        Assert.Equal(0.7501, schedule.Best);
    }
}
